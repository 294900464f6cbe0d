package io.bailiwick.proxy.ownership;

import io.bailiwick.protocol.bson.Bytes;

/** The sixteen bytes of a session id, as a client spells it or as it was mapped for MongoDB. */
record SessionId(long first, long second) {
  static SessionId at(byte[] bytes, int offset) {
    return new SessionId(Bytes.int64(bytes, offset), Bytes.int64(bytes, offset + 8));
  }

  /** Writes the sixteen bytes at the offset. */
  void putAt(byte[] bytes, int offset) {
    Bytes.putInt64(bytes, offset, first);
    Bytes.putInt64(bytes, offset + 8, second);
  }
}
