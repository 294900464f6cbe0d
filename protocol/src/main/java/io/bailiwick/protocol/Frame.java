package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.Bytes;

/**
 * One whole message: 16 bytes of header and what follows, in an array that somebody else owns.
 *
 * <pre>
 * int32 messageLength | int32 requestID | int32 responseTo | int32 opCode | …
 * </pre>
 *
 * @param bytes borrowed; valid only during the call that hands the frame over
 * @param start offset of the header
 * @param end offset behind the message
 */
public record Frame(byte[] bytes, int start, int end) {
  public static final int HEADER_SIZE = 16;

  public int requestId() {
    return Bytes.int32(bytes, start + 4);
  }

  public int responseTo() {
    return Bytes.int32(bytes, start + 8);
  }

  public int opCode() {
    return Bytes.int32(bytes, start + 12);
  }

  /** Bytes of the whole message, header included. */
  public int size() {
    return end - start;
  }
}
