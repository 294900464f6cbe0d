package io.bailiwick.proxy.auth;

import io.bailiwick.proxy.token.IssuerChoice;
import io.bailiwick.proxy.token.TokenIssuer;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** MONGODB-OIDC: logins by tokens of certain issuers. Thread-safe. */
public final class OidcLogins implements Logins {
  public static final String MECHANISM = "MONGODB-OIDC";

  /**
   * Where a person gets a token, for clients that have none yet.
   *
   * @param issuer the URL under which the issuer is known
   * @param clientId what clients of this database are called there
   */
  public record ForPeople(String issuer, String clientId, List<String> scopes) {
    public ForPeople {
      scopes = List.copyOf(scopes);
    }
  }

  private final IssuerChoice issuers;
  private final @Nullable ForPeople forPeople;
  private final Clock clock;

  /**
   * @param issuers at least one
   * @param forPeople null if clients have to bring their token along
   */
  public OidcLogins(List<TokenIssuer> issuers, @Nullable ForPeople forPeople, Clock clock) {
    this.issuers = new IssuerChoice(issuers);
    this.forPeople = forPeople;
    this.clock = clock;
  }

  @Override
  public ClientLogin open(Peer peer) {
    return new OidcLogin(this, peer);
  }

  IssuerChoice issuers() {
    return issuers;
  }

  @Nullable ForPeople forPeople() {
    return forPeople;
  }

  Clock clock() {
    return clock;
  }
}
