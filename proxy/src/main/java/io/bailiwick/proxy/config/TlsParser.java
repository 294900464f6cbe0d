package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.proxy.config.ListenerTls.ClientCertificates;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads {@code tls:} of a listener. */
final class TlsParser {
  private static final List<String> KEYS =
      List.of("mode", "certificate", "key", "clientCa", "clientCertificates", "serverNames");
  private static final List<String> NAMED_KEYS = List.of("name", "certificate", "key");
  private static final String REQUIRED = "required";
  private static final String OFF = "off";
  private static final String NAME =
      "(\\*\\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*";

  private final Settings settings;

  TlsParser(Settings settings) {
    this.settings = settings;
  }

  /**
   * Null if clients of this listener speak without TLS.
   *
   * @param listener the map that {@code tls:} stands in
   * @param address where the listener listens
   */
  @Nullable ListenerTls read(YamlMap listener, InetSocketAddress address) {
    YamlMap section = listener.field("tls").map();
    section.allow(KEYS);
    String mode =
        settings.read(
            section,
            "mode",
            field ->
                field.word(
                    listener.has("tls") ? REQUIRED : OFF,
                    new TreeMap<>(Map.of(REQUIRED, REQUIRED, OFF, OFF))));
    if (mode.equals(OFF)) {
      refuseWithoutTls(listener, section, address);
      return null;
    }
    KeyPairFiles pair = pair(section);
    Path clientCa = settings.path(section, "clientCa");
    return new ListenerTls(pair, named(section), clients(section, clientCa), clientCa);
  }

  private static void refuseWithoutTls(
      YamlMap listener, YamlMap section, InetSocketAddress address) {
    boolean outside = address.getAddress() != null && !address.getAddress().isLoopbackAddress();
    if (outside && !section.has("mode")) {
      listener
          .field("tls")
          .fail(
              ProblemCode.MISSING_KEY,
              "tls: { certificate: tls.crt, key: tls.key }, because "
                  + Settings.shown(address)
                  + " can be reached from outside; or tls: { mode: off } where the network itself"
                  + " is trusted with every document");
    }
    for (String key : KEYS) {
      if (!key.equals("mode") && section.has(key)) {
        section.field(key).fail(ProblemCode.CONFLICT, "no other key beside mode: off");
      }
    }
  }

  private KeyPairFiles pair(YamlMap section) {
    Path certificate = requiredPath(section, "certificate", "a PEM file with the certificate");
    Path key = requiredPath(section, "key", "a PEM file with the certificate's private key");
    return new KeyPairFiles(certificate, key);
  }

  private Path requiredPath(YamlMap section, String key, String expected) {
    Path path = settings.path(section, key);
    if (path == null) {
      section.field(key).fail(ProblemCode.MISSING_KEY, expected);
      return settings.base();
    }
    return path;
  }

  private ClientCertificates clients(YamlMap section, @Nullable Path clientCa) {
    Map<String, ClientCertificates> words = new LinkedHashMap<>();
    for (ClientCertificates value : ClientCertificates.values()) {
      words.put(value.name().toLowerCase(Locale.ROOT), value);
    }
    YamlField field = section.field("clientCertificates");
    // Who names a CA and says no more wants clients to be of it.
    ClientCertificates fallback =
        clientCa == null ? ClientCertificates.OFF : ClientCertificates.REQUIRED;
    ClientCertificates clients =
        settings.read(section, "clientCertificates", written -> written.word(fallback, words));
    if (clientCa == null && clients != ClientCertificates.OFF) {
      section
          .field("clientCa")
          .fail(ProblemCode.MISSING_KEY, "a PEM file with the CAs of clients' certificates");
      return ClientCertificates.OFF;
    }
    if (clientCa != null && clients == ClientCertificates.OFF) {
      field.fail(ProblemCode.CONFLICT, "optional or required, or no clientCa");
      return fallback;
    }
    return clients;
  }

  private Map<String, KeyPairFiles> named(YamlMap section) {
    Map<String, KeyPairFiles> named = new LinkedHashMap<>();
    for (YamlField item : section.field("serverNames").items()) {
      YamlMap map = item.map();
      map.allow(NAMED_KEYS);
      YamlField name = map.field("name").required();
      String text = settings.read(map, "name", f -> f.parsed("", TlsParser::checkedName));
      KeyPairFiles pair = pair(map);
      if (!text.isEmpty() && named.putIfAbsent(text, pair) != null) {
        name.fail(ProblemCode.DUPLICATE_NAME, "each server name once");
      }
    }
    return named;
  }

  static boolean isServerName(String text) {
    return text.length() <= 253 && text.matches(NAME);
  }

  private static String checkedName(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    if (!isServerName(name)) {
      throw new IllegalArgumentException("a name such as db.example.com or *.example.com");
    }
    return name;
  }
}
