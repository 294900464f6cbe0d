package io.bailiwick.proxy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards MongoDB. That its certificate is for the name dialled is always checked.
 *
 * @param ca the CAs that servers' certificates must come from; null for those the platform trusts
 * @param pair what the proxy shows of itself, or null for nothing
 * @param serverName the name that certificates are for, where it is not the one dialled; or null
 */
public record UpstreamTls(
    @Nullable Path ca, @Nullable KeyPairFiles pair, @Nullable String serverName) {

  /** Every file it names, each once. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>();
    if (ca != null) {
      files.add(ca);
    }
    if (pair != null) {
      files.add(pair.certificate());
      files.add(pair.key());
    }
    return files.stream().distinct().toList();
  }
}
