package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlList;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.protocol.compression.Compressor;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads {@code listeners:}. */
final class ListenerParser {
  private static final List<String> KEYS =
      List.of("name", "address", "persona", "login", "tls", "compression");
  private static final List<String> LOGINS = List.of("users", "issuers", "relay", "tenant");
  private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 27017);
  private static final String EXAMPLE =
      "a list such as [{ name: app, address: 127.0.0.1:27017, login: { users: users.yaml } }]";

  private final Settings settings;
  private final List<IssuerConfig> issuers;
  private final Set<String> names = new HashSet<>();

  /**
   * @param issuers those that a listener may name
   */
  ListenerParser(Settings settings, List<IssuerConfig> issuers) {
    this.settings = settings;
    this.issuers = issuers;
  }

  List<ProxyConfig.Listener> read(YamlMap root) {
    YamlField field = root.field("listeners").required();
    if (field.node() instanceof YamlList list && list.items().isEmpty()) {
      field.fail(ProblemCode.MISSING_KEY, EXAMPLE);
    }
    List<ProxyConfig.Listener> listeners = new ArrayList<>();
    for (YamlField item : field.items()) {
      listeners.add(listener(item.map()));
    }
    // What is missing or wrong has been reported; the record wants one all the same.
    return listeners.isEmpty() ? List.of(listener("app")) : listeners;
  }

  private ProxyConfig.Listener listener(YamlMap section) {
    section.allow(KEYS);
    String name = settings.read(section, "name", this::name);
    InetSocketAddress address = settings.listenAddress(section, "address", ADDRESS);
    ListenerTls tls = new TlsParser(settings).read(section, address);
    return new ProxyConfig.Listener(
        name,
        address,
        login(section),
        tls,
        new PersonaParser(settings).read(section),
        CompressionParser.read(settings, section, List.of(Compressor.values())));
  }

  private String name(YamlField field) {
    String name = field.required().parsed("app", ListenerParser::checkedName);
    if (!names.add(name) && field.isPresent()) {
      field.fail(ProblemCode.DUPLICATE_NAME, "another name");
    }
    return name;
  }

  private static String checkedName(String text) {
    if (!text.matches("[a-z0-9][a-z0-9_-]{0,31}")) {
      throw new IllegalArgumentException("1 to 32 of a-z 0-9 _ -");
    }
    return text;
  }

  private ProxyConfig.Login login(YamlMap section) {
    YamlMap login = section.field("login").required().map();
    login.allow(LOGINS);
    if (section.has("login")) {
      // Passwords and tokens go together, the others alone.
      boolean tokens = login.has("issuers") && login.has("users");
      login.exactlyOne(tokens ? List.of("users", "relay", "tenant") : LOGINS);
    }
    if (login.has("relay")) {
      return relay(login);
    }
    if (login.has("tenant")) {
      return new ProxyConfig.Login.Tenant(settings.read(login, "tenant", field -> field.text("")));
    }
    Path users = login.has("users") ? settings.path(login, "users") : null;
    return new ProxyConfig.Login.Users(users, tokens(login));
  }

  private List<String> tokens(YamlMap login) {
    if (!login.has("issuers")) {
      return List.of();
    }
    YamlField field = login.field("issuers");
    List<String> named = settings.read(login, "issuers", YamlField::texts);
    List<String> known = issuers.stream().map(IssuerConfig::name).toList();
    if (named.isEmpty() || !known.containsAll(named)) {
      field.fail(ProblemCode.BAD_VALUE, "names of entries of issuers", known);
    }
    List<IssuerConfig> meant = issuers.stream().filter(one -> named.contains(one.name())).toList();
    if (meant.stream().anyMatch(one -> one.issuer() == null)) {
      field.fail(ProblemCode.BAD_VALUE, "issuers that say by issuer: what iss of their tokens is");
    }
    if (meant.stream().map(IssuerConfig::issuer).distinct().count() < meant.size()
        || meant.stream().filter(one -> one.clientId() != null).count() > 1) {
      field.fail(ProblemCode.CONFLICT, "issuers that differ, and at most one with a clientId");
    }
    return named;
  }

  private ProxyConfig.Login relay(YamlMap login) {
    boolean relay = settings.read(login, "relay", field -> field.bool(true));
    if (!relay) {
      login.field("relay").fail(ProblemCode.BAD_VALUE, "true; or users or tenant in its place");
    }
    return new ProxyConfig.Login.Relay();
  }

  private static ProxyConfig.Listener listener(String name) {
    return new ProxyConfig.Listener(
        name,
        ADDRESS,
        new ProxyConfig.Login.Tenant(""),
        null,
        new ProxyConfig.Persona.Mongos(),
        List.of());
  }
}
