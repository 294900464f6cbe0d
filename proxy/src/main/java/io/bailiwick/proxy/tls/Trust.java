package io.bailiwick.proxy.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The CAs that certificates of the other side must come from; no others. Thread-safe. */
final class Trust {
  private final Set<X509Certificate> authorities;
  private final X509ExtendedTrustManager manager;
  private final Map<X509Certificate, Boolean> judged = new ConcurrentHashMap<>();

  private Trust(Set<X509Certificate> authorities, X509ExtendedTrustManager manager) {
    this.authorities = authorities;
    this.manager = manager;
  }

  static Trust of(List<X509Certificate> authorities) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry(Integer.toString(i), authorities.get(i));
      }
      return new Trust(Set.copyOf(authorities), manager(store));
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException("every Java platform has PKCS12 and PKIX", e);
    }
  }

  /** The CAs that Java itself trusts. */
  static Trust ofPlatform() {
    try {
      X509ExtendedTrustManager manager = manager(null);
      return new Trust(Set.copyOf(List.of(manager.getAcceptedIssuers())), manager);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has PKIX", e);
    }
  }

  private static X509ExtendedTrustManager manager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager x509) {
        return x509;
      }
    }
    throw new IllegalStateException("PKIX without a trust manager for X.509");
  }

  X509ExtendedTrustManager manager() {
    return manager;
  }

  /**
   * Whether a client that was let in under another set of CAs would be let in now. Each certificate
   * is looked at once.
   *
   * @param before the CAs under which it was let in
   * @param chain the client's certificate first
   */
  boolean stillTrusts(Trust before, List<X509Certificate> chain) {
    // More CAs take nothing from anyone: the usual step of a rotation costs nothing.
    return authorities.containsAll(before.authorities)
        || judged.computeIfAbsent(chain.get(0), any -> trusts(chain));
  }

  private boolean trusts(List<X509Certificate> chain) {
    try {
      manager.checkClientTrusted(
          chain.toArray(new X509Certificate[0]), chain.get(0).getPublicKey().getAlgorithm());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }
}
