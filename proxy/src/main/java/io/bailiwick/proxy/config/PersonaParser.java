package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;

/** Reads {@code persona:} of a listener: {@code mongos}, or a replica set of one member. */
final class PersonaParser {
  private static final String MONGOS = "mongos";
  private static final InetSocketAddress EXAMPLE =
      InetSocketAddress.createUnresolved("db.example", 27017);

  private final Settings settings;

  PersonaParser(Settings settings) {
    this.settings = settings;
  }

  ProxyConfig.Persona read(YamlMap listener) {
    YamlField field = listener.field("persona");
    if (!field.isPresent() || field.isScalar()) {
      if (!field.text(MONGOS).equals(MONGOS)) {
        field.fail(
            ProblemCode.BAD_VALUE,
            "mongos, or { replicaSet: rs0, advertise: \"db.example:27017\" }",
            List.of(MONGOS));
      }
      return new ProxyConfig.Persona.Mongos();
    }
    YamlMap section = field.map();
    section.allow(List.of("replicaSet", "advertise"));
    String name =
        settings.read(section, "replicaSet", f -> f.required().parsed("rs0", PersonaParser::name));
    InetSocketAddress advertised =
        settings.read(section, "advertise", f -> f.required().address(EXAMPLE));
    return new ProxyConfig.Persona.ReplicaSet(name, hostAndPort(advertised));
  }

  private static String name(String text) {
    if (!text.matches("[A-Za-z0-9_.-]{1,64}")) {
      throw new IllegalArgumentException("the replicaSet of the connection strings");
    }
    return text;
  }

  /** Drivers compare names of hosts in lower case. */
  private static String hostAndPort(InetSocketAddress address) {
    String host = address.getHostString().toLowerCase(Locale.ROOT);
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
