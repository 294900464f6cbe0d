package io.bailiwick.proxy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one listener, as files.
 *
 * @param pair what clients are shown that ask for no server name, or for one not listed
 * @param named further pairs by server name in lower case, exact or {@code *.domain}
 * @param clients whether clients show certificates
 * @param clientCa the CAs that clients' certificates must come from; null if none are asked for
 */
public record ListenerTls(
    KeyPairFiles pair,
    Map<String, KeyPairFiles> named,
    ClientCertificates clients,
    @Nullable Path clientCa) {

  /** Whether clients show certificates. */
  public enum ClientCertificates {
    OFF,
    OPTIONAL,
    REQUIRED
  }

  public ListenerTls {
    named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
    if ((clientCa == null) != (clients == ClientCertificates.OFF)) {
      throw new IllegalArgumentException("clientCa: there only if clients show certificates");
    }
  }

  /** Every file it names, each once. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>();
    add(files, pair);
    named.values().forEach(one -> add(files, one));
    if (clientCa != null) {
      files.add(clientCa);
    }
    return files.stream().distinct().toList();
  }

  private static void add(List<Path> files, KeyPairFiles pair) {
    files.add(pair.certificate());
    files.add(pair.key());
  }
}
