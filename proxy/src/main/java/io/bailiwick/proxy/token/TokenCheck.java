package io.bailiwick.proxy.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.text.ParseException;
import java.time.Instant;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Checks a token as RFC 8725 advises: the algorithm comes from our list, the key from the issuer's
 * set, and nothing that the token says about where keys are to be had is looked at.
 */
final class TokenCheck {
  /** Longest token in characters. */
  static final int LONGEST = 8192;

  private final JWSObject token;
  private final TokenRules rules;

  /**
   * Reads the header and judges all of it that needs no key.
   *
   * @throws TokenRefusedException if it is no token that these rules can accept
   */
  TokenCheck(String text, TokenRules rules) {
    this.rules = rules;
    if (text.length() > LONGEST) {
      throw new TokenRefusedException(TokenFault.MALFORMED);
    }
    try {
      token = JWSObject.parse(text);
    } catch (ParseException | RuntimeException e) {
      throw new TokenRefusedException(TokenFault.MALFORMED);
    }
    if (!isCanonical(text)) {
      throw new TokenRefusedException(TokenFault.MALFORMED);
    }
    JWSHeader header = token.getHeader();
    if (!rules.algorithms().contains(header.getAlgorithm())) {
      throw new TokenRefusedException(TokenFault.ALGORITHM);
    }
    if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
      throw new TokenRefusedException(TokenFault.CRITICAL);
    }
    JOSEObjectType type = header.getType();
    if (!rules.purpose().takes(type == null ? null : type.getType())) {
      throw new TokenRefusedException(TokenFault.TYPE);
    }
  }

  /**
   * The library passes over spaces, stray characters and stray bits; one token has one spelling.
   */
  private boolean isCanonical(String text) {
    StringJoiner canonical = new StringJoiner(".");
    for (Base64URL part : token.getParsedParts()) {
      canonical.add(Base64URL.encode(part.decode()).toString());
    }
    return canonical.toString().equals(text);
  }

  @Nullable String keyId() {
    return token.getHeader().getKeyID();
  }

  /**
   * @throws TokenRefusedException with what is wrong
   */
  VerifiedToken with(VerificationKeys keys, Instant now) {
    JWSVerifier verifier = keys.find(keyId(), token.getHeader().getAlgorithm());
    if (verifier == null) {
      throw new TokenRefusedException(TokenFault.KEY);
    }
    if (!isSignedBy(verifier)) {
      throw new TokenRefusedException(TokenFault.SIGNATURE);
    }
    Map<String, Object> claims = token.getPayload().toJSONObject();
    if (claims == null) {
      throw new TokenRefusedException(TokenFault.MALFORMED);
    }
    return new TokenClaims(claims).check(rules, now);
  }

  private boolean isSignedBy(JWSVerifier verifier) {
    try {
      return token.verify(verifier);
    } catch (JOSEException | RuntimeException e) {
      return false;
    }
  }
}
