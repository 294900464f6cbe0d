package io.bailiwick.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.bson.MalformedMessageException.Severity;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LegacyQueryTest {
  private static final byte[] HELLO = Messages.bson("{isMaster: 1, helloOk: true}");

  @ParameterizedTest
  @ValueSource(ints = {1, -1})
  void readsAHandshake(int limit) {
    byte[] message = query(4, "admin.$cmd", 0, limit, HELLO);
    LegacyQuery query = parse(message);
    assertEquals("admin", query.database());
    assertArrayEquals(HELLO, query.command().toBytes());
  }

  @Test
  void readsALoginToAnotherDatabase() {
    LegacyQuery query = parse(query(0, "shop.$cmd", 0, -1, Messages.bson("{saslStart: 1}")));
    assertEquals("shop", query.database());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "admin.orders",
        "admin.$cmd.sys.inprog",
        "a.b.$cmd",
        ".$cmd",
        "$cmd",
        "",
        "admin.$CMD",
        "admin$cmd",
        "ad min.$cmd",
        "adm\u0001in.$cmd",
        "ädmin.$cmd"
      })
  void refusesOtherNamespaces(String namespace) {
    assertCloses(query(0, namespace, 0, -1, HELLO));
  }

  @Test
  void refusesADatabaseNameThatIsTooLong() {
    assertEquals("d".repeat(63), parse(query(0, "d".repeat(63) + ".$cmd", 0, 1, HELLO)).database());
    assertCloses(query(0, "d".repeat(64) + ".$cmd", 0, 1, HELLO));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 64, 4 | 64, Integer.MIN_VALUE})
  void refusesOtherFlags(int flags) {
    assertCloses(query(flags, "admin.$cmd", 0, -1, HELLO));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, -2, Integer.MIN_VALUE})
  void refusesOtherLimits(int limit) {
    assertCloses(query(0, "admin.$cmd", 0, limit, HELLO));
  }

  @Test
  void refusesToSkip() {
    assertCloses(query(0, "admin.$cmd", 1, -1, HELLO));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{$query: {find: 'orders'}, $readPreference: {}}", "{query: {isMaster: 1}}"})
  void refusesWrappers(String command) {
    assertCloses(query(0, "admin.$cmd", 0, -1, Messages.bson(command)));
  }

  @Test
  void refusesAFieldSelectorAndOtherBytesBehindTheCommand() {
    byte[] sound = query(0, "admin.$cmd", 0, -1, HELLO);
    for (byte[] more : new byte[][] {{0}, Messages.bson("{a: 1}")}) {
      byte[] message = Messages.join(sound, more);
      Bytes.putInt32(message, 0, message.length);
      assertCloses(message);
    }
  }

  @Test
  void refusesEveryCutMessage() {
    byte[] sound = query(4, "admin.$cmd", 0, -1, HELLO);
    for (int length = 16; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      Bytes.putInt32(cut, 0, length);
      assertCloses(cut);
    }
  }

  @Test
  void answersToBrokenBsonInSoundFraming() {
    byte[] twice = Messages.document(out -> out.int32("isMaster", 1).int32("isMaster", 1));
    assertEquals(Severity.DOCUMENT, fault(query(0, "admin.$cmd", 0, -1, twice)));
    byte[] undefined =
        Messages.document(out -> out.int32("isMaster", 1).head((byte) 0x06, "client"));
    assertEquals(Severity.DOCUMENT, fault(query(0, "admin.$cmd", 0, -1, undefined)));
  }

  private static void assertCloses(byte[] message) {
    assertEquals(Severity.FRAMING, fault(message));
  }

  private static Severity fault(byte[] message) {
    return assertThrows(MalformedMessageException.class, () -> parse(message)).severity();
  }

  private static LegacyQuery parse(byte[] message) {
    return LegacyQuery.parse(Messages.frame(message), new BsonValidator());
  }

  static byte[] query(int flags, String namespace, int skip, int limit, byte[] document) {
    return Messages.message(
        7,
        0,
        OpCode.OP_QUERY,
        Messages.join(
            Messages.int32(flags),
            Bytes.utf8(namespace),
            new byte[1],
            Messages.int32(skip),
            Messages.int32(limit),
            document));
  }
}
