package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TroublesTest {
  private LogCapture log;

  @BeforeEach
  void listen() {
    log = LogCapture.of("io.bailiwick.proxy.upstream", Level.WARN);
  }

  @AfterEach
  void stop() {
    log.close();
  }

  @Test
  void tellsWhatIsNewAtOnceAndWhatStaysOnceAMinute() {
    MutableClock clock = new MutableClock();
    Troubles troubles = new Troubles(clock);

    for (int i = 0; i < 100; i++) {
      troubles.tell("a:27017", "refused");
      troubles.tell("b:27017", "refused");
    }
    assertEquals(2, log.lines().size());

    troubles.tell("a:27017", "no such name");
    assertEquals(3, log.lines().size());

    clock.advance(Duration.ofMinutes(1));
    troubles.tell("a:27017", "no such name");
    assertEquals(4, log.lines().size());
    assertTrue(log.lines().get(3).contains("\"upstream\":\"a:27017\""), log.lines().get(3));
  }

  @Test
  void aServerThatRefusesConnectionsIsNamed() throws Exception {
    InetSocketAddress refusing;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      refusing = new InetSocketAddress("127.0.0.1", socket.getLocalPort());
    }

    assertTold(refusing, "refused");
  }

  @Test
  void aServerThatTakesNoWritesIsNamed() throws Exception {
    try (ScriptedUpstream secondary = ScriptedUpstream.start()) {
      secondary.always(
          "hello",
          any -> ScriptedReply.json("{isWritablePrimary: false, secondary: true, ok: 1.0}"));

      assertTold(secondary.address(), "secondary");
    }
  }

  @Test
  void aServerThatIsTooOldIsWarnedAbout() throws Exception {
    try (ScriptedUpstream old = ScriptedUpstream.start()) {
      old.always(
          "hello",
          any ->
              ScriptedReply.json(ScriptedUpstream.GREETING.replace("Version: 25", "Version: 6")));
      try (GateFixture fixture = new GateFixture(old.address())) {
        fixture.send("{find: 'campaigns', $db: 'ads'}").await();
      }
    }

    assertTrue(told("upstream_too_old").get(0).contains("\"wire_version\":6"), told("").toString());
  }

  private void assertTold(InetSocketAddress server, String why) throws Exception {
    try (GateFixture fixture =
        new GateFixture(GateFixture.timeouts(Duration.ofMillis(300)), null, server)) {
      fixture.send("{find: 'campaigns', $db: 'ads'}").await().failure();
    }

    List<String> lines = told("upstream_trouble");
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.get(0).contains("127.0.0.1:" + server.getPort()), lines.get(0));
    assertTrue(lines.get(0).contains(why), lines.get(0));
  }

  private List<String> told(String event) {
    return log.lines().stream().filter(line -> line.contains(event)).toList();
  }
}
