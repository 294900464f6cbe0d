package io.bailiwick.proxy.auth;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.bson.RawDocument;
import org.jspecify.annotations.Nullable;

/** The payloads of MONGODB-OIDC, which are BSON documents inside binary data. */
final class OidcPayload {
  /** A token of the longest length and a little around it, in bytes. */
  private static final int LONGEST = 10_000;

  private OidcPayload() {}

  /**
   * The token that a payload holds, or null if it asks where to get one.
   *
   * @throws LoginRefusedException if it does neither
   */
  static @Nullable String token(RawDocument command) {
    RawDocument payload = document(command);
    Elements token = payload.find("jwt");
    if (token == null) {
      return null;
    }
    if (token.type() != BsonType.STRING) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    return token.string();
  }

  private static RawDocument document(RawDocument command) {
    Elements binary = command.find("payload");
    if (binary == null || binary.type() != BsonType.BINARY) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    int size = Bytes.int32(binary.bytes(), binary.valueStart());
    int from = binary.valueStart() + 5;
    if (size > LONGEST) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    try {
      if (new BsonValidator().validate(binary.bytes(), from, from + size) != from + size) {
        throw new LoginRefusedException(LoginFault.PAYLOAD);
      }
    } catch (MalformedMessageException e) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    return RawDocument.at(binary.bytes(), from);
  }

  /** Where a person gets a token. */
  static byte[] of(OidcLogins.ForPeople people) {
    BsonWriter out =
        new BsonWriter()
            .startDocument()
            .string("issuer", people.issuer())
            .string("clientId", people.clientId())
            .startArray("requestScopes");
    for (int i = 0; i < people.scopes().size(); i++) {
      out.string(Integer.toString(i), people.scopes().get(i));
    }
    return out.end().end().toBytes();
  }
}
