package io.bailiwick.proxy.token;

import com.nimbusds.jose.JWSObject;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the issuer that a token says it is from. What it says is believed by nobody: the one found
 * checks it like everything else.
 */
public final class IssuerChoice {
  private final List<TokenIssuer> issuers;

  /**
   * @param issuers each with an {@code iss} of its own
   */
  public IssuerChoice(List<TokenIssuer> issuers) {
    this.issuers = List.copyOf(issuers);
  }

  /** The issuer, or null if none is meant. */
  public @Nullable TokenIssuer find(String token) {
    if (issuers.size() == 1) {
      return issuers.get(0);
    }
    Object said = claimOf(token, "iss");
    for (TokenIssuer issuer : issuers) {
      if (said instanceof String text && text.equals(issuer.rules().issuer())) {
        return issuer;
      }
    }
    return null;
  }

  /** What a token says of itself, unchecked: good for looking and for refusing, never for more. */
  public static @Nullable Object claimOf(String token, String claim) {
    if (token.length() > TokenCheck.LONGEST) {
      return null;
    }
    try {
      Map<String, Object> claims = JWSObject.parse(token).getPayload().toJSONObject();
      return claims == null ? null : claims.get(claim);
    } catch (ParseException | RuntimeException e) {
      return null;
    }
  }
}
