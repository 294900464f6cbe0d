package io.bailiwick.proxy.testing;

import io.netty.pkitesting.X509Bundle;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows its certificate whatever the server asks for; Java's own would keep a wrong one back. */
final class InsistentKeys extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";

  private final X509Bundle own;

  InsistentKeys(X509Bundle own) {
    this.own = own;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, @Nullable Socket socket) {
    return ALIAS;
  }

  @Override
  public String chooseEngineClientAlias(
      String[] types, Principal[] issuers, @Nullable SSLEngine engine) {
    return ALIAS;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    throw new UnsupportedOperationException("for clients");
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    throw new UnsupportedOperationException("for clients");
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return own.getCertificatePath();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return own.getKeyPair().getPrivate();
  }
}
