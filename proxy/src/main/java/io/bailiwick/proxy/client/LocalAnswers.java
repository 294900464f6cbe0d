package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.Identity;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.auth.Speculation;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Ownership;
import io.bailiwick.proxy.upstream.UpstreamFacts;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers what the proxy knows better than MongoDB, which sees one service account and all tenants.
 * Whole command replies.
 */
final class LocalAnswers {
  private static final byte[] OK =
      new BsonWriter().startDocument().float64("ok", 1.0).end().toBytes();
  private static final byte SUBTYPE_UUID = 4;
  private static final int USUAL_SESSION_MINUTES = 30;

  private final ClientLoop loop;
  private final HelloReply hello;

  LocalAnswers(ClientLoop loop, HelloReply hello) {
    this.loop = loop;
    this.hello = hello;
  }

  byte[] answer(Verdict.Local command, String database, ClientSession session) {
    return switch (command.local()) {
      case HELLO -> hello(command.body(), session);
      case BUILD_INFO -> buildInfo(loop.services().gate().facts());
      case IS_DB_GRID -> isDbGrid(session.listener().persona());
      case WHATS_MY_URI -> whatsMyUri(session.remote());
      case CONNECTION_STATUS -> ConnectionStatus.of(session.state().binding(), command.body());
      case START_SESSION -> startSession(loop.services().gate().facts());
      case END_SESSIONS -> endSessions(command.body(), session);
      case KILL_CURSORS -> killCursors(command.body(), database, session);
      case PING, REFRESH_SESSIONS, LOGOUT -> OK;
      case SASL_START, SASL_CONTINUE, AUTHENTICATE ->
          throw new IllegalStateException("logins have their own route");
    };
  }

  private byte[] hello(RawDocument body, ClientSession session) {
    if (HelloReply.announcesLogin(body)) {
      session.onLoginAnnounced();
    }
    if (HelloReply.isLoadBalanced(body)) {
      session.onLoadBalanced();
    }
    byte[] speculation = speculate(body, session);
    HelloReply.Greeted login =
        new HelloReply.Greeted(session.tenancy().login().mechanisms(), speculation);
    return hello.to(
        body,
        loop.services().gate().facts(),
        new HelloReply.Speaker(session.listener().persona(), session.id()),
        login,
        session.compression().negotiate(body));
  }

  /** Takes the first message of a login out of the hello; it may be the last one, too. */
  private byte @Nullable [] speculate(RawDocument body, ClientSession session) {
    Elements speculative = body.find("speculativeAuthenticate");
    if (speculative == null
        || speculative.type() != BsonType.DOCUMENT
        || session.state().binding() != null) {
      return null;
    }
    CurrentPolicy policies = loop.services().policies();
    if (!policies.isOf(policies.version())) {
      return null;
    }
    Speculation speculation = session.tenancy().login().speculate(speculative.document());
    if (speculation == null) {
      return null;
    }
    Identity identity = speculation.identity();
    if (identity == null) {
      return speculation.reply();
    }
    boolean admitted = session.admit(new Asker.LoggedIn(identity)) == Admitted.YES;
    loop.services().observer().login(identity.mechanism(), admitted);
    return admitted ? speculation.reply() : null;
  }

  /**
   * Posing as a mongos, it says so when asked; a member of a replica set does not know the command.
   */
  private static byte[] isDbGrid(ProxyConfig.Persona persona) {
    return persona instanceof ProxyConfig.Persona.Mongos
        ? new BsonWriter()
            .startDocument()
            .int32("isdbgrid", 1)
            .string("hostname", "bailiwick")
            .float64("ok", 1.0)
            .end()
            .toBytes()
        : ErrorReplies.document(
            ErrorCode.COMMAND_NOT_FOUND, "no such command", RefusalType.POLICY, List.of());
  }

  private static byte[] buildInfo(UpstreamFacts facts) {
    BsonWriter out =
        new BsonWriter()
            .startDocument()
            .string("version", facts.version())
            .startArray("versionArray");
    int[] numbers = versionNumbers(facts.version());
    for (int i = 0; i < numbers.length; i++) {
      out.int32(Integer.toString(i), numbers[i]);
    }
    return out.end().float64("ok", 1.0).end().toBytes();
  }

  /** The four numbers that MongoDB makes of a version; the last is 0 for a release. */
  static int[] versionNumbers(String version) {
    int[] numbers = new int[4];
    String[] parts = version.split("[^0-9]+", -1);
    for (int i = 0; i < 3 && i < parts.length; i++) {
      numbers[i] = parts[i].isEmpty() || parts[i].length() > 6 ? 0 : Integer.parseInt(parts[i]);
    }
    return numbers;
  }

  private static byte[] whatsMyUri(InetSocketAddress remote) {
    String you = remote.getAddress().getHostAddress() + ":" + remote.getPort();
    return new BsonWriter().startDocument().string("you", you).float64("ok", 1.0).end().toBytes();
  }

  private byte[] startSession(UpstreamFacts facts) {
    int minutes = facts.sessions() ? facts.logicalSessionTimeoutMinutes() : USUAL_SESSION_MINUTES;
    return new BsonWriter()
        .startDocument()
        .startDocument("id")
        .binary("id", SUBTYPE_UUID, randomUuid())
        .end()
        .int32("timeoutMinutes", minutes)
        .float64("ok", 1.0)
        .end()
        .toBytes();
  }

  /** A random UUID (RFC 9562, version 4). */
  private byte[] randomUuid() {
    byte[] uuid = new byte[16];
    loop.services().random().nextBytes(uuid);
    uuid[6] = (byte) (uuid[6] & 0x0F | 0x40);
    uuid[8] = (byte) (uuid[8] & 0x3F | 0x80);
    return uuid;
  }

  private byte[] endSessions(RawDocument body, ClientSession session) {
    Binding binding = bindingOf(session);
    if (binding.isActing()) {
      loop.services().ownership().endSessions(binding.acting(), body);
    } else {
      loop.services().ownership().endSessions(binding.owner(), body);
    }
    return OK;
  }

  private byte[] killCursors(RawDocument body, String database, ClientSession session) {
    Elements collection = body.elements();
    if (!collection.next() || collection.type() != BsonType.STRING) {
      throw new IllegalStateException("killCursors was let through without a collection");
    }
    long[] asked = cursorIds(body);
    long[] killed = kill(bindingOf(session), database, collection.string(), asked);
    long[] known = killed.clone();
    Arrays.sort(known);
    long[] unknown =
        LongStream.of(asked).filter(id -> Arrays.binarySearch(known, id) < 0).toArray();
    BsonWriter out = new BsonWriter().startDocument();
    ids(out, "cursorsKilled", killed);
    ids(out, "cursorsNotFound", unknown);
    ids(out, "cursorsAlive", new long[0]);
    ids(out, "cursorsUnknown", new long[0]);
    return out.float64("ok", 1.0).end().toBytes();
  }

  private static long[] cursorIds(RawDocument body) {
    Elements cursors = body.find("cursors");
    LongStream.Builder ids = LongStream.builder();
    if (cursors != null && cursors.type() == BsonType.ARRAY) {
      Elements each = cursors.document().elements();
      while (each.next()) {
        if (each.type() == BsonType.INT64) {
          ids.add(each.int64());
        }
      }
    }
    return ids.build().toArray();
  }

  private static void ids(BsonWriter out, String name, long[] ids) {
    out.startArray(name);
    for (int i = 0; i < ids.length; i++) {
      out.int64(Integer.toString(i), ids[i]);
    }
    out.end();
  }

  private long[] kill(Binding binding, String database, String collection, long[] asked) {
    Ownership ownership = loop.services().ownership();
    if (!binding.isActing()) {
      return ownership.kill(binding.owner(), database, collection, asked);
    }
    LongStream.Builder killed = LongStream.builder();
    for (long id : asked) {
      TenantValue tenant = ownership.tenantOfCursor(binding.acting(), id);
      if (tenant != null) {
        Owner owner = binding.actingFor(tenant);
        LongStream.of(ownership.kill(owner, database, collection, new long[] {id}))
            .forEach(killed::add);
      }
    }
    return killed.build().toArray();
  }

  private static Binding bindingOf(ClientSession session) {
    Binding binding = session.state().binding();
    if (binding == null) {
      throw new IllegalStateException("nobody logged in on this connection");
    }
    return binding;
  }
}
