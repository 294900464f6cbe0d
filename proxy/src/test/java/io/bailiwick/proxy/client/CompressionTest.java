package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.Zlib;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients may compress what they send once it was agreed on; MongoDB behind never sees it. */
class CompressionTest {
  private static final int OP_COMPRESSED = 2012;
  private static final int OP_MSG = 2013;
  private static final int ZLIB = 2;
  private static final String HELLO = "{hello: 1, compression: ['zlib'], $db: 'admin'}";
  private static final String LONG = "x".repeat(2000);

  private ClientFixture proxy;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    proxy = new ClientFixture();
    client = proxy.connectBound();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    proxy.close();
  }

  private static byte[] find(int requestId) {
    return RawClient.message(
        requestId,
        0,
        BsonDocument.parse("{find: 'orders', filter: {s: '" + LONG + "'}, $db: 'app'}"));
  }

  private static String batch(String text) {
    return "{cursor: {firstBatch: [{organization_id: {$oid: '"
        + ClientFixture.A
        + "'}, s: '"
        + text
        + "'}], id: {$numberLong: '0'}, ns: 'app.orders'}, ok: 1.0}";
  }

  @Test
  void agreesOnWhatBothKnowInTheClientsOrder() throws Exception {
    BsonDocument all =
        client
            .call(
                "{hello: 1, compression: ['zstd', 'noop', 'lz4', 'zlib', 'snappy', 'zstd'], $db: 'admin'}")
            .document();
    assertEquals(
        List.of("zstd", "zlib", "snappy"),
        all.getArray("compression").stream().map(each -> each.asString().getValue()).toList());
    BsonDocument kept = client.call("{hello: 1, $db: 'admin'}").document();
    assertEquals(3, kept.getArray("compression").size());
    BsonDocument none = client.call("{hello: 1, compression: ['lz4'], $db: 'admin'}").document();
    assertFalse(none.containsKey("compression"));
  }

  @Test
  void saysNothingOfCompressionToWhomAsksForNone() throws Exception {
    assertFalse(client.call("{hello: 1, $db: 'admin'}").document().containsKey("compression"));
  }

  @Test
  void aPortOffersWhatItIsConfiguredTo() throws Exception {
    String all = "{hello: 1, compression: ['zstd', 'zlib', 'snappy'], $db: 'admin'}";
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ListenerPlan plan = ListenerPlan.ofTenant("few", any, ClientFixture.A);
    for (List<Compressor> few : List.of(List.of(Compressor.ZLIB), List.<Compressor>of())) {
      try (Listener listener =
              Listener.open(
                  plan.compressing(few), Transport.best(), proxy.group, proxy.connections);
          RawClient other = RawClient.connect(listener.address())) {
        BsonDocument hello = other.call(all).document();
        assertEquals(
            few.stream().map(Compressor::specName).toList(),
            hello.getArray("compression", new BsonArray()).stream()
                .map(each -> each.asString().getValue())
                .toList());
        if (few.isEmpty()) {
          other.write(Zlib.message(find(1)));
          other.awaitEnd();
        }
      }
    }
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void opensWhatItIsSentAndRepliesInKind() throws Exception {
    client.call(HELLO);
    client.write(Zlib.message(find(1)));
    StandInGate.Sent sent = proxy.gate.take();
    assertTrue(sent.body().getDocument("filter").containsKey("$and"));
    sent.reply(batch(LONG));
    RawClient.Reply reply = client.receive();
    assertEquals(OP_COMPRESSED, reply.opCode());
    assertEquals(1, reply.responseTo());
    assertEquals(LONG, firstOf(reply).getString("s").getValue());

    client.write(find(2));
    proxy.gate.take().reply(batch(LONG));
    RawClient.Reply plain = client.receive();
    assertEquals(OP_MSG, plain.opCode());
    assertEquals(2, plain.responseTo());
  }

  @Test
  void sendsShortRepliesAndDenialsToo() throws Exception {
    client.call(HELLO);
    client.write(Zlib.message(find(1)));
    proxy.gate.take().reply("{n: 1, ok: 1.0}");
    assertEquals(OP_MSG, client.receive().opCode());
    client.write(
        Zlib.message(RawClient.message(2, 0, BsonDocument.parse("{shutdown: 1, $db: 'admin'}"))));
    assertEquals(13, client.receive().code());
  }

  private static BsonDocument firstOf(RawClient.Reply reply) {
    return reply.document().getDocument("cursor").getArray("firstBatch").get(0).asDocument();
  }

  @ParameterizedTest
  @CsvSource({
    // originalOpcode, compressor, added to uncompressedSize
    "2012, 2, 0", // another compressed message inside
    "2004, 2, 0", // an OP_QUERY inside
    "2013, 1, 0", // not what was agreed on
    "2013, 0, 0",
    "2013, 9, 0",
    "2013, 2, 1",
    "2013, 2, -1",
    "2013, 2, -3000",
    "2013, 2, 2000000000",
  })
  void endsTheConnectionAfterAMessageThatIsNotWhatItPromises(int opcode, int compressor, int added)
      throws Exception {
    client.call(HELLO);
    byte[] message = find(1);
    client.write(Zlib.message(message, opcode, compressor, message.length - 16 + added));
    client.awaitEnd();
    assertTrue(proxy.gate.nothingSent());
    assertEquals(CloseCause.PROTOCOL, proxy.observer.takeEnd());
    assertEquals(List.of("client"), List.copyOf(proxy.observer.compressedRefused));
  }

  @Test
  void endsTheConnectionIfNothingWasAgreedOn() throws Exception {
    client.write(Zlib.message(find(1)));
    client.awaitEnd();
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void opensNothingBeforeTheLogin() throws Exception {
    try (RawClient stranger = proxy.connect()) {
      stranger.call(HELLO);
      stranger.write(
          Zlib.message(RawClient.message(1, 0, BsonDocument.parse("{ping: 1, $db: 'admin'}"))));
      stranger.awaitEnd();
    }
  }

  @Test
  void judgesWhatIsInsideLikeEverythingElse() throws Exception {
    client.call(HELLO);
    byte[] where =
        RawClient.message(
            1, 0, BsonDocument.parse("{find: 'orders', filter: {$where: '1'}, $db: 'app'}"));
    client.write(Zlib.message(where, OP_MSG, ZLIB, where.length - 16));
    assertEquals(13, client.receive().code());
    assertTrue(proxy.gate.nothingSent());
  }
}
