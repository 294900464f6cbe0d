package io.bailiwick.proxy.client;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.upstream.UpstreamFacts;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says hello as a mongos does, which drivers accept with one seed or several, direct or load
 * balanced, and with sessions; or, where connection strings name a replica set, as its only member.
 * Nothing in it comes from MongoDB's topology, and there is no {@code topologyVersion}, so that
 * drivers ask again instead of waiting for news. Never fails: what it does not understand in a
 * request it leaves alone.
 */
final class HelloReply {
  /** The oldest servers that today's drivers talk to (4.4). */
  private static final int LOWEST_WIRE_VERSION = 9;

  /** MongoDB 8.0, the newest whose commands are all judged. */
  private static final int HIGHEST_WIRE_VERSION = 25;

  /** The tenant's field goes into stored documents: its name, and a value of at most 70 bytes. */
  private static final int BYTES_ADDED_PER_DOCUMENT = 1024;

  /** An update gets the filter around its own, and {@code $setOnInsert} if it is an upsert. */
  private static final int BYTES_ADDED_PER_STATEMENT = 512;

  /** Fewer than MongoDB takes: what is added per statement would not fit for 100,000 of them. */
  private static final int MOST_STATEMENTS = 10_000;

  private final Clock clock;
  private final byte[] serviceId;

  /**
   * What logins have to say in a hello.
   *
   * @param mechanisms to be named for any user
   * @param speculation what came of the request's {@code speculativeAuthenticate}, or null
   */
  record Greeted(List<String> mechanisms, byte @Nullable [] speculation) {}

  /**
   * Whom the reply speaks for.
   *
   * @param connectionId unique in this process
   */
  record Speaker(ProxyConfig.Persona persona, int connectionId) {}

  /**
   * @param serviceId 12 bytes that stand for this process
   */
  HelloReply(Clock clock, byte[] serviceId) {
    this.clock = clock;
    this.serviceId = serviceId.clone();
  }

  /**
   * @param request the body of a hello or isMaster
   * @param compressors what messages may be compressed with
   */
  byte[] to(
      RawDocument request,
      UpstreamFacts facts,
      Speaker speaker,
      Greeted login,
      List<Compressor> compressors) {
    BsonWriter out = new BsonWriter().startDocument();
    if (isTrue(request, "helloOk")) {
      out.bool("helloOk", true);
    }
    Elements name = request.elements();
    boolean modern = name.next() && name.nameIs("hello");
    out.bool(modern ? "isWritablePrimary" : "ismaster", true);
    persona(out, speaker.persona());
    limits(out, facts);
    out.dateTime("localTime", clock.millis());
    if (facts.sessions()) {
      out.int32("logicalSessionTimeoutMinutes", facts.logicalSessionTimeoutMinutes());
    }
    out.int32("connectionId", speaker.connectionId()).int32("minWireVersion", 0);
    out.int32("maxWireVersion", wireVersion(facts)).bool("readOnly", false);
    login(out, request, login);
    compression(out, compressors);
    if (isLoadBalanced(request)) {
      out.objectId("serviceId", serviceId);
    }
    return out.float64("ok", 1.0).end().toBytes();
  }

  /**
   * The member of a set has to be found under the very name by which it lists itself, and alone:
   * two that say of one set that they are its primary drive each other out of a driver's view.
   */
  private static void persona(BsonWriter out, ProxyConfig.Persona persona) {
    if (persona instanceof ProxyConfig.Persona.ReplicaSet set) {
      out.bool("secondary", false).string("setName", set.name()).int32("setVersion", 1);
      out.startArray("hosts").string("0", set.advertised()).end();
      out.string("primary", set.advertised()).string("me", set.advertised());
    } else {
      out.string("msg", "isdbgrid");
    }
  }

  private static void limits(BsonWriter out, UpstreamFacts facts) {
    int statements = Math.min(facts.maxWriteBatchSize(), MOST_STATEMENTS);
    int added = statements * BYTES_ADDED_PER_STATEMENT + BYTES_ADDED_PER_DOCUMENT;
    out.int32("maxBsonObjectSize", facts.maxBsonObjectSize() - BYTES_ADDED_PER_DOCUMENT);
    int message = facts.maxMessageSizeBytes();
    out.int32("maxMessageSizeBytes", Math.max(message - added, message / 2));
    out.int32("maxWriteBatchSize", statements);
  }

  static int wireVersion(UpstreamFacts facts) {
    int known = Math.min(facts.maxWireVersion(), HIGHEST_WIRE_VERSION);
    return Math.max(known, LOWEST_WIRE_VERSION);
  }

  private static void login(BsonWriter out, RawDocument request, Greeted login) {
    if (request.find("saslSupportedMechs") != null) {
      out.startArray("saslSupportedMechs");
      for (int i = 0; i < login.mechanisms().size(); i++) {
        out.string(Integer.toString(i), login.mechanisms().get(i));
      }
      out.end();
    }
    if (login.speculation() != null) {
      out.document("speculativeAuthenticate", RawDocument.of(login.speculation()));
    }
  }

  private static void compression(BsonWriter out, List<Compressor> compressors) {
    if (!compressors.isEmpty()) {
      out.startArray("compression");
      for (int i = 0; i < compressors.size(); i++) {
        out.string(Integer.toString(i), compressors.get(i).specName());
      }
      out.end();
    }
  }

  /** True if the client says by its hello that it is about to log in. */
  static boolean announcesLogin(RawDocument request) {
    return request.find("saslSupportedMechs") != null
        || request.find("speculativeAuthenticate") != null;
  }

  /** True if the client keeps cursors and transactions to the connection they began on. */
  static boolean isLoadBalanced(RawDocument request) {
    return isTrue(request, "loadBalanced");
  }

  private static boolean isTrue(RawDocument request, String name) {
    Elements element = request.find(name);
    return element != null && element.type() == BsonType.BOOLEAN && element.bool();
  }
}
