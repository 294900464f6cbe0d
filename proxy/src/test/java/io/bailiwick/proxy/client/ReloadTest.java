package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReloadTest {
  private static final BsonDocument INSERT =
      BsonDocument.parse("{insert: 'orders', documents: [{_id: 1}], $db: 'app'}");

  private ClientFixture proxy;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    proxy = new ClientFixture();
    client = proxy.logIn(ClientFixture.A);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    proxy.close();
  }

  private StandInGate.Sent forward(RawClient from) throws Exception {
    from.send(INSERT);
    StandInGate.Sent sent = proxy.gate.take();
    sent.reply("{n: 1, ok: 1.0}");
    assertTrue(from.receive().ok());
    return sent;
  }

  @Test
  void I9_judgesTheNextCommandByTheNewPolicyAndTheCurrentOneByTheOld() throws Exception {
    Policy before = forward(client).owner().policy().policy();
    client.send(INSERT);
    StandInGate.Sent underWay = proxy.gate.take();
    Policy next = ClientFixture.policy("org-${tenant}");
    proxy.connections.onPolicy(next);
    proxy.tick();
    assertSame(before, underWay.owner().policy().policy());
    underWay.reply("{n: 1, ok: 1.0}");
    assertTrue(client.receive().ok());
    assertSame(next, forward(client).owner().policy().policy());
  }

  @Test
  void I9_judgesEachCommandByOneGenerationWhileManyAreSwapped() throws Exception {
    Policy one = ClientFixture.policy("org-${tenant}");
    Policy other = ClientFixture.withTenantField(one, "owner_id");
    AtomicBoolean over = new AtomicBoolean();
    Thread swapper =
        new Thread(
            () -> {
              for (int i = 0; !over.get(); i++) {
                proxy.connections.onPolicy(i % 2 == 0 ? other : one);
                proxy.tickQuietly();
              }
            });
    swapper.start();
    List<String> mixed = new CopyOnWriteArrayList<>();
    proxy.gate.atOnce =
        sent -> {
          BsonDocument stored = sent.body().getArray("documents").get(0).asDocument();
          String field = sent.owner().policy().tenantField();
          if (stored.size() != 2 || !stored.containsKey(field)) {
            mixed.add(stored.toJson() + " under a policy of " + field);
          }
          sent.reply("{n: 1, ok: 1.0}");
        };
    for (int i = 0; i < 300; i++) {
      assertTrue(client.call(INSERT).ok());
    }
    over.set(true);
    swapper.join();
    assertEquals(List.of(), mixed);
  }

  @Test
  @AdversarialCase({162, 199})
  void endsConnectionsOfAPrincipalThatIsGone() throws Exception {
    try (RawClient bound = proxy.connectBound()) {
      assertTrue(bound.call("{ping: 1, $db: 'admin'}").ok());
      proxy.connections.onPolicy(ClientFixture.policy("other-${tenant}"));
      client.awaitEnd();
      assertEquals(CloseCause.RELOAD, proxy.observer.takeEnd());
      assertEquals(1, proxy.ownership.disconnected.size());
      assertTrue(bound.call("{ping: 1, $db: 'admin'}").ok());
    }
  }

  @Test
  void endsConnectionsOfAPrincipalThatBecameAnother() throws Exception {
    Policy policy = ClientFixture.policy("org-${tenant}");
    Policy renamed = ClientFixture.renamed(policy, "renamed");
    proxy.connections.onPolicy(renamed);
    client.awaitEnd();
    assertEquals(CloseCause.RELOAD, proxy.observer.takeEnd());
  }

  @Test
  void endsACommandThatIsUnderWayForAPrincipalThatIsGone() throws Exception {
    client.send(INSERT);
    StandInGate.Sent sent = proxy.gate.take();
    proxy.connections.onPolicy(ClientFixture.policy("other-${tenant}"));
    client.awaitEnd();
    assertEquals(sent.lease(), proxy.gate.takeClosed());
  }

  @Test
  void refusesANewLoginByTheNewPolicy() throws Exception {
    proxy.connections.onPolicy(ClientFixture.policy("other-${tenant}"));
    try (RawClient late = proxy.logIn(ClientFixture.B)) {
      late.awaitEnd();
    }
  }

  @Test
  void bindsAnewWhenADayBegins() throws Exception {
    var first = forward(client).owner().policy();
    assertSame(first, forward(client).owner().policy());
    proxy.today = Instant.parse("2026-11-26T00:00:00Z");
    var second = forward(client).owner().policy();
    assertNotSame(first, second);
    assertSame(first.policy(), second.policy());
  }

  @Test
  void sharesOneBoundPolicyAmongConnectionsOfAPrincipal() throws Exception {
    try (RawClient other = proxy.logIn(ClientFixture.A)) {
      assertSame(forward(client).owner().policy(), forward(other).owner().policy());
    }
  }
}
