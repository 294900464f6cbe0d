package io.bailiwick.proxy.audit;

import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes one shape. No value gets into the text, and both text and kept values have a bound. */
final class ShapeWriter {
  private static final int MOST_CHARS = 2_048;
  private static final int MOST_NAME_BYTES = 64;
  private static final int LONGEST_VALUE = 256;
  private static final int MOST_VALUES = 32;

  /** Told elsewhere, or noise. */
  private static final NameTable<Boolean> LEFT_OUT =
      NameTable.of(true, "$db", "lsid", "$clusterTime", "$readPreference", "txnNumber");

  private final boolean keepValues;
  private final StringBuilder text = new StringBuilder(256);
  private final List<byte[]> values = new ArrayList<>(0);

  ShapeWriter(boolean keepValues) {
    this.keepValues = keepValues;
  }

  CommandShape write(OpMsg message) {
    text.append('{');
    Elements elements = new Elements(message.bytes(), message.bodyStart());
    fields(elements, true);
    for (int i = 0; i < message.sequenceCount() && room(); i++) {
      sequence(message, i);
    }
    return new CommandShape(text.append('}').toString(), values);
  }

  private boolean room() {
    return text.length() < MOST_CHARS;
  }

  private void separate() {
    if (text.charAt(text.length() - 1) != '{') {
      text.append(", ");
    }
  }

  private void fields(Elements elements, boolean top) {
    while (elements.next()) {
      if (top && elements.lookUp(LEFT_OUT) != null) {
        continue;
      }
      separate();
      if (!room()) {
        text.append("...");
        return;
      }
      name(elements);
      text.append(": ");
      value(elements);
    }
  }

  private void name(Elements elements) {
    int end = Math.min(elements.nameEnd(), elements.nameStart() + MOST_NAME_BYTES);
    text.append(
        new String(
            elements.bytes(),
            elements.nameStart(),
            end - elements.nameStart(),
            StandardCharsets.UTF_8));
    if (end < elements.nameEnd()) {
      text.append("...");
    }
  }

  private void value(Elements element) {
    if (element.type() == BsonType.DOCUMENT) {
      text.append('{');
      fields(new Elements(element.bytes(), element.valueStart()), false);
      text.append('}');
    } else if (element.type() == BsonType.ARRAY) {
      array(element);
    } else {
      scalar(element);
    }
  }

  /** Members are alike as a rule: the first one is shown, and how many follow. */
  private void array(Elements element) {
    Elements members = new Elements(element.bytes(), element.valueStart());
    text.append('[');
    if (members.next()) {
      value(members);
      int more = 0;
      while (members.next()) {
        more++;
      }
      andMore(more);
    }
    text.append(']');
  }

  private void andMore(int count) {
    if (count > 0) {
      text.append(", +").append(count);
    }
  }

  private void scalar(Elements element) {
    text.append('?').append(BsonType.alias(element.type()));
    int size = element.valueEnd() - element.valueStart();
    if (keepValues && size <= LONGEST_VALUE && values.size() < MOST_VALUES) {
      byte[] value = new byte[1 + size];
      value[0] = element.type();
      System.arraycopy(element.bytes(), element.valueStart(), value, 1, size);
      values.add(value);
      text.append(CommandShape.HASH);
    }
  }

  private void sequence(OpMsg message, int i) {
    int at = message.sequenceDocumentsAt(i);
    separate();
    text.append(identifier(message, i)).append(": [");
    if (at < message.sequenceEnd(i)) {
      text.append('{');
      fields(new Elements(message.bytes(), at), false);
      text.append('}');
      andMore(following(message, i, at));
    }
    text.append(']');
  }

  private static String identifier(OpMsg message, int i) {
    int from = message.sequenceSizeAt(i) + 4;
    int end = message.sequenceDocumentsAt(i) - 1;
    byte[] name = Arrays.copyOfRange(message.bytes(), from, Math.min(end, from + MOST_NAME_BYTES));
    return new String(name, StandardCharsets.UTF_8);
  }

  private static int following(OpMsg message, int i, int first) {
    int count = -1;
    for (int at = first; at < message.sequenceEnd(i); count++) {
      at += int32(message.bytes(), at);
    }
    return count;
  }

  private static int int32(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | bytes[at + 3] << 24;
  }
}
