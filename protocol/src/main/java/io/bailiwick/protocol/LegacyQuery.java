package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.bson.RawDocument;

/**
 * A command in the old OP_QUERY form, which drivers still use for handshakes and logins. Every byte
 * has been covered by the strict walk; the bytes are the frame's. Which commands may come this way
 * is for others to say.
 *
 * <pre>
 * header | int32 flags | cstring "&lt;database&gt;.$cmd" | int32 skip | int32 limit | document
 * </pre>
 *
 * @param database the name in front of {@code .$cmd}
 * @param command the command as sent; never a {@code $query} wrapper
 */
public record LegacyQuery(String database, RawDocument command) {
  private static final int FLAGS_AT = Frame.HEADER_SIZE;
  private static final int NAMESPACE_AT = FLAGS_AT + 4;
  private static final int SLAVE_OK = 1 << 2;
  private static final byte[] COMMAND_COLLECTION = Bytes.utf8(".$cmd");
  private static final int MAX_DATABASE_NAME = 63;

  /**
   * Reads and checks a frame whose opcode is OP_QUERY.
   *
   * @throws MalformedMessageException with severity FRAMING for anything but a command, with
   *     severity DOCUMENT for BSON that breaks a rule inside sound framing
   */
  public static LegacyQuery parse(Frame frame, BsonValidator validator) {
    byte[] bytes = frame.bytes();
    int namespace = frame.start() + NAMESPACE_AT;
    if (frame.size() < NAMESPACE_AT) {
      throw MalformedMessageException.framing("OP_QUERY is cut off", frame.start());
    }
    if ((Bytes.int32(bytes, frame.start() + FLAGS_AT) & ~SLAVE_OK) != 0) {
      throw MalformedMessageException.framing("OP_QUERY flag", frame.start() + FLAGS_AT);
    }
    int namespaceEnd = namespaceEnd(bytes, namespace, frame.end());
    int document = documentStart(bytes, namespaceEnd + 1, frame.end());
    int databaseEnd = namespaceEnd - COMMAND_COLLECTION.length;
    checkNamespace(bytes, namespace, databaseEnd, namespaceEnd);
    if (validator.validate(bytes, document, frame.end()) != frame.end()) {
      throw MalformedMessageException.framing("OP_QUERY with more than a command", document);
    }
    RawDocument command = new RawDocument(bytes, document, frame.end());
    checkCommand(command, validator);
    return new LegacyQuery(Bytes.utf8(bytes, namespace, databaseEnd), command);
  }

  private static int namespaceEnd(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != 0) {
      at++;
    }
    if (at == end) {
      throw MalformedMessageException.framing("OP_QUERY without a namespace", from);
    }
    return at;
  }

  private static int documentStart(byte[] bytes, int skipAt, int end) {
    if (end - skipAt < 8) {
      throw MalformedMessageException.framing("OP_QUERY is cut off", skipAt);
    }
    int limit = Bytes.int32(bytes, skipAt + 4);
    if (Bytes.int32(bytes, skipAt) != 0 || (limit != 1 && limit != -1)) {
      throw MalformedMessageException.framing("OP_QUERY with skip or limit", skipAt);
    }
    return skipAt + 8;
  }

  private static void checkNamespace(byte[] bytes, int from, int databaseEnd, int end) {
    int length = databaseEnd - from;
    boolean sound = length >= 1 && length <= MAX_DATABASE_NAME;
    for (int i = from; sound && i < databaseEnd; i++) {
      sound = bytes[i] > ' ' && bytes[i] != '.';
    }
    for (int i = 0; sound && i < COMMAND_COLLECTION.length; i++) {
      sound = bytes[databaseEnd + i] == COMMAND_COLLECTION[i];
    }
    if (!sound) {
      throw MalformedMessageException.framing("OP_QUERY on something else than $cmd", from);
    }
  }

  private static void checkCommand(RawDocument command, BsonValidator validator) {
    Elements first = command.elements();
    if (!first.next() || first.nameIs("$query") || first.nameIs("query")) {
      throw MalformedMessageException.framing("OP_QUERY without a plain command", command.start());
    }
    if (validator.findings() != 0) {
      throw MalformedMessageException.document("deprecated BSON in a command", command.start());
    }
  }
}
