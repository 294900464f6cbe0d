package io.bailiwick.proxy.auth;

import io.bailiwick.policy.model.Identity;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.tls.TlsConnection;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * MONGODB-X509: one command, by which a client asks to be who its certificate says. The certificate
 * alone logs nobody in: clients may show one and log in by password.
 */
final class X509Login implements ClientLogin {
  private static final String MECHANISM = X509Logins.MECHANISM;
  private static final String DATABASE = "$external";

  private final @Nullable TlsConnection tls;
  private final Clock clock;
  private boolean loggedIn;

  X509Login(@Nullable TlsConnection tls, Clock clock) {
    this.tls = tls;
    this.clock = clock;
  }

  /** None: drivers use this mechanism only if they are told to. */
  @Override
  public List<String> mechanisms() {
    return List.of();
  }

  @Override
  public void authenticate(RawDocument command, String database, Consumer<LoginStep> then) {
    LoginStep step;
    try {
      Identity identity = login(command, database);
      step = new LoginStep.Done(reply(identity).float64("ok", 1.0).end().toBytes(), identity);
    } catch (LoginRefusedException e) {
      step = new LoginStep.Failed(MECHANISM, e.fault(), 0);
    }
    then.accept(step);
  }

  @Override
  public @Nullable Speculation speculate(RawDocument speculative) {
    String database = new SaslCommand(speculative).database();
    Elements name = speculative.elements();
    if (database == null || !name.next() || !name.nameIs("authenticate")) {
      return null;
    }
    try {
      Identity identity = login(speculative, database);
      return new Speculation(reply(identity).end().toBytes(), identity);
    } catch (LoginRefusedException e) {
      return null;
    }
  }

  private Identity login(RawDocument command, String database) {
    if (!database.equals(DATABASE)) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    ClientCertificate names = ClientCertificate.of(certificate());
    Identity identity =
        new Identity(
            MECHANISM,
            null,
            DATABASE,
            names.subject(),
            names.uris(),
            names.dnsNames(),
            null,
            Map.of());
    checkUser(command.find("user"), subject(identity));
    loggedIn = true;
    return identity;
  }

  private static BsonWriter reply(Identity identity) {
    return new BsonWriter()
        .startDocument()
        .string("dbname", DATABASE)
        .string("user", subject(identity));
  }

  private static String subject(Identity identity) {
    String subject = identity.subject();
    return subject == null ? "" : subject;
  }

  private X509Certificate certificate() {
    TlsConnection secured = tls;
    List<X509Certificate> chain = secured == null ? List.of() : secured.clientChain();
    if (secured == null || chain.isEmpty() || !secured.stillTrusted()) {
      throw new LoginRefusedException(LoginFault.CERTIFICATE);
    }
    try {
      // The handshake may have resumed a session of an hour ago.
      chain.get(0).checkValidity(Date.from(clock.instant()));
    } catch (CertificateException e) {
      throw new LoginRefusedException(LoginFault.CERTIFICATE);
    }
    return chain.get(0);
  }

  /** Who names a user beside its certificate has to name the same. */
  private static void checkUser(@Nullable Elements user, String subject) {
    if (user != null && (user.type() != BsonType.STRING || !user.string().equals(subject))) {
      throw new LoginRefusedException(LoginFault.PROOF);
    }
  }

  @Override
  public void start(RawDocument command, String database, Consumer<LoginStep> then) {
    then.accept(new LoginStep.Failed(MECHANISM, LoginFault.ORDER, 0));
  }

  @Override
  public void proceed(RawDocument command, String database, Consumer<LoginStep> then) {
    then.accept(new LoginStep.Failed(MECHANISM, LoginFault.ORDER, 0));
  }

  @Override
  public boolean underWay() {
    return false;
  }

  @Override
  public boolean stillValid() {
    return !loggedIn || tls == null || tls.stillTrusted();
  }
}
