package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one server says of itself.
 *
 * @param writable true for a primary, a standalone server and a mongos
 * @param secondary true for a member of a replica set that can be read from and is no primary
 * @param retryableWrites true for members of a replica set and for mongos
 * @param setName the replica set it belongs to, or null
 * @param mechanisms login mechanisms of the service account; empty if the server names none
 */
record Greeting(
    boolean writable,
    boolean secondary,
    boolean retryableWrites,
    int maxWireVersion,
    int logicalSessionTimeoutMinutes,
    int maxBsonObjectSize,
    int maxMessageSizeBytes,
    int maxWriteBatchSize,
    @Nullable String setName,
    List<String> mechanisms) {

  static Greeting of(OwnReply hello) {
    boolean mongos = "isdbgrid".equals(hello.text("msg"));
    return new Greeting(
        hello.isTrue("isWritablePrimary") || hello.isTrue("ismaster"),
        hello.isTrue("secondary"),
        mongos || hello.text("setName") != null,
        (int) hello.number("maxWireVersion"),
        (int) hello.number("logicalSessionTimeoutMinutes"),
        positive(hello, "maxBsonObjectSize", UpstreamFacts.UNKNOWN.maxBsonObjectSize()),
        positive(hello, "maxMessageSizeBytes", UpstreamFacts.UNKNOWN.maxMessageSizeBytes()),
        positive(hello, "maxWriteBatchSize", UpstreamFacts.UNKNOWN.maxWriteBatchSize()),
        hello.text("setName"),
        texts(hello.find("saslSupportedMechs")));
  }

  private static int positive(OwnReply hello, String name, int otherwise) {
    long value = hello.number(name);
    return value > 0 && value <= Integer.MAX_VALUE ? (int) value : otherwise;
  }

  /** The strings of an array; none if it is something else. */
  static List<String> texts(@Nullable Elements field) {
    List<String> names = new ArrayList<>();
    if (field != null && field.type() == BsonType.ARRAY) {
      Elements members = field.inside();
      while (members.next()) {
        if (members.type() == BsonType.STRING) {
          names.add(members.string());
        }
      }
    }
    return List.copyOf(names);
  }

  /** What this server and another have in common; the version is the other's. */
  UpstreamFacts and(@Nullable UpstreamFacts other, String version) {
    int timeout = retryableWrites ? logicalSessionTimeoutMinutes : 0;
    return other == null
        ? new UpstreamFacts(
            maxWireVersion,
            version,
            timeout,
            maxBsonObjectSize,
            maxMessageSizeBytes,
            maxWriteBatchSize)
        : new UpstreamFacts(
            Math.min(maxWireVersion, other.maxWireVersion()),
            version,
            Math.min(timeout, other.logicalSessionTimeoutMinutes()),
            Math.min(maxBsonObjectSize, other.maxBsonObjectSize()),
            Math.min(maxMessageSizeBytes, other.maxMessageSizeBytes()),
            Math.min(maxWriteBatchSize, other.maxWriteBatchSize()));
  }
}
