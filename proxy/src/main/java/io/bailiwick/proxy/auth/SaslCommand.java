package io.bailiwick.proxy.auth;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of {@code saslStart} and {@code saslContinue}. Fields it has no use for pass.
 */
final class SaslCommand {
  /** Longest payload in bytes; what drivers send stays far below. */
  static final int MAX_PAYLOAD = 1024;

  private final RawDocument command;

  SaslCommand(RawDocument command) {
    this.command = command;
  }

  Mechanism mechanism() {
    Mechanism mechanism = Mechanism.of(string("mechanism"));
    if (mechanism == null) {
      throw new LoginRefusedException(LoginFault.MECHANISM);
    }
    return mechanism;
  }

  /** A copy of the payload, binary data of subtype 0. */
  byte[] payload() {
    Elements payload = required("payload", BsonType.BINARY);
    int size = Bytes.int32(payload.bytes(), payload.valueStart());
    int from = payload.valueStart() + 5;
    if (payload.bytes()[from - 1] != 0 || size > MAX_PAYLOAD) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    return Arrays.copyOfRange(payload.bytes(), from, from + size);
  }

  int conversationId() {
    return required("conversationId", BsonType.INT32).int32();
  }

  /** True if the client asks to be told {@code done} together with the server's signature. */
  boolean skipsEmptyExchange() {
    Elements options = command.find("options");
    if (options == null || options.type() != BsonType.DOCUMENT) {
      return false;
    }
    Elements skip = options.document().find("skipEmptyExchange");
    return skip != null && skip.type() == BsonType.BOOLEAN && skip.bool();
  }

  /** The database named in a speculative start, or null. */
  @Nullable String database() {
    Elements database = command.find("db");
    return database == null || database.type() != BsonType.STRING ? null : database.string();
  }

  private String string(String name) {
    return required(name, BsonType.STRING).string();
  }

  private Elements required(String name, byte type) {
    Elements element = command.find(name);
    if (element == null || element.type() != type) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    return element;
  }
}
