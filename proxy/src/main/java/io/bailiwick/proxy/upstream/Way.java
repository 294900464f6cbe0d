package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.tls.TlsDialer;
import org.jspecify.annotations.Nullable;

/**
 * How MongoDB is spoken to.
 *
 * @param accounts as whom
 * @param tls null for a connection that is not encrypted
 */
public record Way(Accounts accounts, @Nullable TlsDialer tls) {
  /** Without TLS. */
  public static Way plain(Accounts accounts) {
    return new Way(accounts, null);
  }
}
