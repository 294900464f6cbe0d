package io.bailiwick.proxy.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows the certificate as it was last read, whatever issuers a server names. */
final class CurrentKeys extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";

  private final Supplier<ClientTls> keys;

  CurrentKeys(Supplier<ClientTls> keys) {
    this.keys = keys;
  }

  private @Nullable String alias() {
    return keys.get().pair() == null ? null : ALIAS;
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
    String alias = alias();
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias();
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias();
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    KeyPair pair = keys.get().pair();
    return pair == null ? null : pair.array();
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    KeyPair pair = keys.get().pair();
    return pair == null ? null : pair.key();
  }
}
