package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.proxy.ownership.UpstreamCleanup;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.bson.BsonBinarySubType;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlLinkTest {
  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    fixture = new GateFixture(upstream.address());
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  private CompletableFuture<OwnReply> ask() {
    return fixture.gate.primary().ask(new OwnCommand.BuildInfo()).toCompletableFuture();
  }

  @Test
  void killsACursorOnItsServer() throws Exception {
    UpstreamCleanup cleanup = fixture.gate.cleanup();

    cleanup.killCursor(Policies.bound(TripwireMode.FIRST).principal(), 0, "ads", "campaigns", 42);

    assertEquals(
        BsonDocument.parse(
            "{killCursors: 'campaigns', cursors: [{$numberLong: '42'}], $db: 'ads'}"),
        upstream.take("killCursors").body());
  }

  @Test
  void endsSessions() throws Exception {
    fixture
        .gate
        .cleanup()
        .endSessions(
            Policies.bound(TripwireMode.FIRST).principal(), List.of(new byte[16], new byte[16]));

    BsonDocument command = upstream.take("endSessions").body();
    assertEquals(2, command.getArray("endSessions").size());
    assertEquals(
        BsonBinarySubType.UUID_STANDARD.getValue(),
        command.getArray("endSessions").get(0).asDocument().getBinary("id").getType());
  }

  @Test
  void asksOneQuestionAfterTheOtherOnOneConnection() throws Exception {
    List<CompletableFuture<OwnReply>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(ask());
    }

    for (CompletableFuture<OwnReply> answer : answers) {
      assertTrue(answer.get(20, TimeUnit.SECONDS).ok());
    }
    assertEquals(1, upstream.connections());
  }

  @Test
  void goesOnAfterAQuestionWasLost() throws Exception {
    upstream.next("buildInfo", ScriptedReply.silence().thenResets());
    CompletableFuture<OwnReply> lost = ask();
    CompletableFuture<OwnReply> next = ask();

    assertThrows(ExecutionException.class, () -> lost.get(20, TimeUnit.SECONDS));
    assertTrue(next.get(20, TimeUnit.SECONDS).ok());
  }

  @Test
  void answersNothingOnceItIsClosed() throws Exception {
    upstream.next("buildInfo", ScriptedReply.silence());
    CompletableFuture<OwnReply> outstanding = ask();
    CompletableFuture<OwnReply> waiting = ask();
    upstream.take("buildInfo");

    fixture.gate.primary().close();

    assertThrows(ExecutionException.class, () -> outstanding.get(20, TimeUnit.SECONDS));
    assertThrows(ExecutionException.class, () -> waiting.get(20, TimeUnit.SECONDS));
    assertThrows(ExecutionException.class, () -> ask().get(20, TimeUnit.SECONDS));
  }
}
