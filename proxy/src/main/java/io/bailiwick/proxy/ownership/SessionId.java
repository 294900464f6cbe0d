package io.bailiwick.proxy.ownership;

import io.bailiwick.protocol.bson.Bytes;

/** A session as MongoDB knows it: the sixteen bytes of a mapped id. */
record SessionId(long first, long second) {
  static SessionId at(byte[] bytes, int offset) {
    return new SessionId(Bytes.int64(bytes, offset), Bytes.int64(bytes, offset + 8));
  }
}
