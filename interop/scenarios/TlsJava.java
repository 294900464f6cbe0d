import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCredential;
import com.mongodb.MongoCredential.OidcCallback;
import com.mongodb.MongoCredential.OidcCallbackResult;
import com.mongodb.client.MongoClients;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bson.Document;

/** Writes and reads once; the exit code says whether it got in. With TOKENS it logs in by them. */
public final class TlsJava {
  private static final String[] TOKENS = environment("TOKENS").split(" ");
  private static final boolean HUMAN = environment("FLOW").equals("human");
  private static final AtomicInteger SHOWN = new AtomicInteger();

  public static void main(String[] arguments) throws Exception {
    String uri = arguments[0];
    MongoClientSettings.Builder settings =
        MongoClientSettings.builder().applyConnectionString(new ConnectionString(uri));
    String ca = option(uri, "tlsCAFile");
    if (ca != null) {
      SSLContext context = context(ca, option(uri, "tlsCertificateKeyFile"));
      settings.applyToSslSettings(ssl -> ssl.context(context));
    }
    boolean byToken = !TOKENS[0].isEmpty();
    if (byToken) {
      String property = HUMAN ? MongoCredential.OIDC_HUMAN_CALLBACK_KEY : MongoCredential.OIDC_CALLBACK_KEY;
      OidcCallback callback = TlsJava::token;
      settings.credential(
          MongoCredential.createOidcCredential(null).withMechanismProperty(property, callback));
    }
    try (var client = MongoClients.create(settings.build())) {
      var campaigns = client.getDatabase("ads").getCollection("campaigns");
      do {
        Document one = new Document("by", "java");
        campaigns.insertOne(one);
        check("java".equals(campaigns.find(new Document("_id", one.get("_id"))).first().get("by")));
      } while (byToken && SHOWN.get() < TOKENS.length);
    }
  }

  private static OidcCallbackResult token(MongoCredential.OidcCallbackContext asked) {
    if (HUMAN) {
      var issuer = asked.getIdpInfo();
      String told = issuer.getIssuer() + " " + issuer.getClientId() + " " + String.join(" ", issuer.getRequestScopes());
      check(told.equals(environment("TOLD")));
    }
    return new OidcCallbackResult(TOKENS[Math.min(SHOWN.incrementAndGet(), TOKENS.length) - 1]);
  }

  /** Of files as openssl writes them, which this driver does not read by itself. */
  private static SSLContext context(String ca, String own) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", certificate(Files.readString(Path.of(ca))));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    if (own != null) {
      String text = Files.readString(Path.of(own));
      var key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(block(text, "PRIVATE KEY")));
      keys.setKeyEntry("own", key, new char[0], new Certificate[] {certificate(text)});
    }
    KeyManagerFactory show = KeyManagerFactory.getInstance("PKIX");
    show.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(show.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static Certificate certificate(String text) throws Exception {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(block(text, "CERTIFICATE")));
  }

  private static byte[] block(String text, String kind) {
    Matcher block = Pattern.compile("-----BEGIN " + kind + "-----([^-]+)-----END").matcher(text);
    check(block.find());
    return Base64.getMimeDecoder().decode(block.group(1));
  }

  private static String option(String uri, String name) {
    Matcher option = Pattern.compile("[?&]" + name + "=([^&]+)").matcher(uri);
    return option.find() ? option.group(1) : null;
  }

  private static String environment(String name) {
    return System.getenv().getOrDefault(name, "");
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("not what was expected");
    }
  }
}
