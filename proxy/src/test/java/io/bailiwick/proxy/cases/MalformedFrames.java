package io.bailiwick.proxy.cases;

import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ScriptedReply;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bson.BsonDocument;

/** Messages that no sound client sends, by what is wrong with each. */
final class MalformedFrames {
  private static final int OP_MSG = 2013;
  private static final byte[] BODY = bson("{find: 'orders', $db: 'app'}");
  private static final byte[] INSERT = bson("{insert: 'orders', $db: 'app'}");

  private MalformedFrames() {}

  /** Those whose framing is broken: nobody knows where the next message starts. */
  static Map<String, byte[]> broken() {
    Map<String, byte[]> frames = new LinkedHashMap<>();
    for (int length : new int[] {0, 4, 15, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 48_000_001}) {
      frames.put("length " + length, header(length, OP_MSG));
    }
    frames.put("length 16 and no flags", header(16, OP_MSG));
    for (int opCode : new int[] {0, 1, 1000, 2001, 2002, 2004, 2005, 2006, 2007, 2010, 2012, -1}) {
      frames.put("opcode " + opCode, frame(opCode, new byte[4], section(BODY)));
    }
    byte[] sequence = sequence("documents", bson("{_id: 1}"));
    frames.put("no body", message(0, sequence));
    frames.put("two bodies", message(0, section(BODY), section(BODY)));
    frames.put("the same sequence twice", message(0, section(INSERT), sequence, sequence));
    frames.put(
        "a sequence of what the body holds",
        message(0, section(bson("{insert: 'orders', documents: [], $db: 'app'}")), sequence));
    frames.put("a sequence that is not taken", message(0, section(BODY), sequence("filter", BODY)));
    for (int kind : new int[] {2, 3, 0x7f, 0xff}) {
      frames.put("section " + kind, message(0, section(BODY), new byte[] {(byte) kind}, BODY));
    }
    frames.put("trailing zero", message(0, section(BODY), new byte[1]));
    frames.put("trailing bytes", message(0, section(BODY), new byte[] {9, 9, 9, 9, 9, 9}));
    frames.put("a wrong checksum", message(1, section(BODY), new byte[4]));
    frames.put("a checksum alone", message(1, new byte[4]));
    for (int flag : new int[] {2, 3, 8, 15}) {
      frames.put("flag " + flag, message(1 << flag, section(BODY)));
    }
    for (int size : new int[] {-1, 0, 3, 4, Integer.MAX_VALUE, 1000}) {
      frames.put("sequence size " + size, message(0, section(INSERT), sized(sequence, size)));
    }
    for (int size : new int[] {-5, 0, 4, BODY.length - 1, BODY.length + 1, Integer.MAX_VALUE}) {
      frames.put("body size " + size, message(0, section(bytesOfSize(size))));
    }
    frames.put("an empty body", message(0, section(bson("{}"))));
    return frames;
  }

  /** Those that are framed well and hold BSON that means two things, or none. */
  static Map<String, byte[]> ambiguous() {
    Map<String, byte[]> frames = new LinkedHashMap<>();
    for (String outer : new String[] {"", "3 a", "4 0", "3 a 4 0 3 b"}) {
      frames.put("a name twice in [" + outer + "]", find(nested(outer, twice())));
    }
    frames.put("a name twice in a document to store", message(0, section(INSERT), stored(twice())));
    frames.put("two commands of one name", message(0, section(twin())));
    frames.put("a name that is no UTF-8", find(element(16, "a\u00ff", new byte[4])));
    frames.put("an overlong name", find(raw(16, new byte[] {(byte) 0xc0, (byte) 0x80}, 4)));
    frames.put("a text that is no UTF-8", find(text(new byte[] {(byte) 0xff})));
    frames.put("a surrogate", find(text(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80})));
    frames.put("a name cut by a zero", find(element(16, "a\0b", new byte[4])));
    frames.put("a text without its end", find(element(2, "a", ints(2, 0x6262))));
    frames.put("a text of no bytes", find(element(2, "a", ints(0))));
    frames.put("a text of 2 GiB", find(element(2, "a", ints(Integer.MAX_VALUE))));
    frames.put("a true that is two", find(element(8, "a", new byte[] {2})));
    frames.put("an unknown type", find(element(0x20, "a", new byte[4])));
    frames.put("binary of negative length", find(element(5, "a", ints(-1, 0))));
    frames.put("old binary that lies", find(element(5, "a", bytes(5, 0, 0, 0, 2, 9, 0, 0, 0, 1))));
    frames.put("a column", find(element(5, "a", bytes(1, 0, 0, 0, 7, 0))));
    frames.put("a document within that is too long", find(element(3, "a", ints(4096))));
    frames.put("a document within that is too short", find(element(3, "a", bytes(4, 0, 0, 0, 0))));
    for (int depth : new int[] {101, 200, 50_000}) {
      frames.put("depth " + depth, nestedTo(depth));
    }
    return frames;
  }

  /** An insert whose containers lie that deep in one another inside the command. */
  static byte[] nestedTo(int depth) {
    // Lengths from the inside out, and then the bytes from the outside in: no recursion.
    int levels = depth - 1;
    ByteBuffer inner = ByteBuffer.allocate(8 * levels + 5).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = levels; i > 1; i--) {
      inner.putInt(8 * (i - 1) + 5).put((byte) 3).put((byte) 'a').put((byte) 0);
    }
    inner.putInt(5).put((byte) 0);
    for (int i = levels; i > 1; i--) {
      inner.put((byte) 0);
    }
    byte[] document = java.util.Arrays.copyOf(inner.array(), inner.position());
    byte[] array = document(element(3, "0", document));
    byte[] command = element(2, "insert", ints(7), "orders\0".getBytes(StandardCharsets.UTF_8));
    return message(0, section(document(command, element(4, "documents", array), database())));
  }

  /** A message that is sound in every respect. */
  static byte[] sound() {
    return message(0, section(BODY));
  }

  private static byte[] twice() {
    return join(element(16, "x", ints(1)), element(16, "x", ints(2)));
  }

  private static byte[] twin() {
    byte[] orders = "orders\0".getBytes(StandardCharsets.UTF_8);
    byte[] users = "users\0\0".getBytes(StandardCharsets.UTF_8);
    return document(
        element(2, "find", ints(7), orders), element(2, "find", ints(7), users), database());
  }

  private static byte[] stored(byte[] fields) {
    return sequence("documents", document(fields));
  }

  /** Containers around the fields: pairs of a type and a name, the outermost first. */
  private static byte[] nested(String containers, byte[] fields) {
    String[] words = containers.isEmpty() ? new String[0] : containers.split(" ");
    byte[] inner = fields;
    for (int i = words.length - 2; i >= 0; i -= 2) {
      inner = element(Integer.parseInt(words[i]), words[i + 1], document(inner));
    }
    return inner;
  }

  private static byte[] find(byte[] filter) {
    byte[] command = element(2, "find", ints(7), "orders\0".getBytes(StandardCharsets.UTF_8));
    return message(
        0, section(document(command, element(3, "filter", document(filter)), database())));
  }

  private static byte[] database() {
    return element(2, "$db", ints(4), "app\0".getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] text(byte[] content) {
    return element(2, "a", ints(content.length + 1), content, new byte[1]);
  }

  private static byte[] element(int type, String name, byte[]... value) {
    byte[] bytes =
        name.getBytes(
            name.contains("\u00ff") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    return join(new byte[] {(byte) type}, bytes, new byte[1], join(value));
  }

  private static byte[] raw(int type, byte[] name, int size) {
    return join(new byte[] {(byte) type}, name, new byte[1], new byte[size]);
  }

  private static byte[] document(byte[]... elements) {
    byte[] content = join(elements);
    return join(ints(content.length + 5), content, new byte[1]);
  }

  private static byte[] bytesOfSize(int claimed) {
    return sized(BODY, claimed);
  }

  /** The same with another length in front; of a sequence that is behind its kind. */
  private static byte[] sized(byte[] bytes, int claimed) {
    byte[] copy = bytes.clone();
    int at = bytes == BODY ? 0 : 1;
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(at, claimed);
    return copy;
  }

  private static byte[] section(byte[] body) {
    return join(new byte[1], body);
  }

  private static byte[] sequence(String identifier, byte[]... documents) {
    byte[] content = join((identifier + "\0").getBytes(StandardCharsets.UTF_8), join(documents));
    return join(new byte[] {1}, ints(content.length + 4), content);
  }

  private static byte[] message(int flags, byte[]... sections) {
    return frame(OP_MSG, ints(flags), sections);
  }

  private static byte[] frame(int opCode, byte[] first, byte[]... rest) {
    byte[] content = join(first, join(rest));
    return join(header(16 + content.length, opCode), content);
  }

  private static byte[] header(int length, int opCode) {
    return ints(length, 1, 0, opCode);
  }

  private static byte[] ints(int... values) {
    ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      out.putInt(value);
    }
    return out.array();
  }

  private static byte[] bytes(int... values) {
    byte[] out = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i] = (byte) values[i];
    }
    return out;
  }

  private static byte[] join(byte[]... parts) {
    return RawClient.join(parts);
  }

  private static byte[] bson(String json) {
    return ScriptedReply.bytes(BsonDocument.parse(json));
  }
}
