package io.bailiwick.policy.scenario;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlList;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.policy.yaml.YamlNode;
import io.bailiwick.policy.yaml.YamlScalar;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Writes YAML data as BSON: maps and lists as they are, plain scalars by YAML's core rules, quoted
 * ones as strings, and everything else in the wrappers of MongoDB's extended JSON.
 */
final class DataWriter {
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  /** Below what {@link BsonWriter} takes; deeper bodies can be said in bytes. */
  private static final int MAX_DEPTH = 150;

  private final BsonWriter out = new BsonWriter();
  private int depth;

  private DataWriter() {}

  /** One map as a document. What cannot be written is reported and left out. */
  static byte[] document(YamlMap map) {
    DataWriter writer = new DataWriter();
    writer.out.startDocument();
    writer.content(map);
    return writer.out.end().toBytes();
  }

  /** A value that must be a map, as a document. */
  static byte[] document(YamlNode node) {
    return document(node.field().map());
  }

  /** A list of pairs as a document, in which a key may stand twice. */
  static byte[] pairs(YamlNode pairs) {
    DataWriter writer = new DataWriter();
    writer.out.startDocument();
    writer.pairItems(pairs);
    return writer.out.end().toBytes();
  }

  private void content(YamlMap map) {
    YamlNode pairs = map.entries().size() == 1 ? map.get("$pairs") : null;
    if (pairs == null) {
      map.entries().forEach(entry -> value(entry.key().text(), entry.value()));
    } else {
      pairItems(pairs);
    }
  }

  private void pairItems(YamlNode pairs) {
    if (!(pairs instanceof YamlList list)) {
      pairs.field().fail(ProblemCode.WRONG_TYPE, "a list of [key, value] pairs");
      return;
    }
    for (YamlNode item : list.items()) {
      if (item instanceof YamlList pair
          && pair.items().size() == 2
          && pair.items().get(0) instanceof YamlScalar key) {
        value(key.text(), pair.items().get(1));
      } else {
        item.field().fail(ProblemCode.WRONG_TYPE, "a pair [key, value]");
      }
    }
  }

  private void value(String name, YamlNode node) {
    if (name.indexOf('\0') >= 0) {
      node.field().fail(ProblemCode.BAD_VALUE, "no zero byte in a key; use bytes for that");
    } else if (node instanceof YamlScalar scalar) {
      scalar(name, scalar);
    } else if (depth == MAX_DEPTH) {
      node.field().fail(ProblemCode.BAD_VALUE, "at most " + MAX_DEPTH + " levels");
    } else {
      depth++;
      container(name, node);
      depth--;
    }
  }

  private void container(String name, YamlNode node) {
    if (node instanceof YamlList list) {
      out.startArray(name);
      list(list.items());
      out.end();
    } else if (node instanceof YamlMap map) {
      map(name, map);
    }
  }

  private void list(List<YamlNode> items) {
    for (int i = 0; i < items.size(); i++) {
      value(Integer.toString(i), items.get(i));
    }
  }

  private void map(String name, YamlMap map) {
    if (Wrappers.isWrapper(map)) {
      Wrappers.write(out, name, map);
      return;
    }
    out.startDocument(name);
    content(map);
    out.end();
  }

  private void scalar(String name, YamlScalar scalar) {
    String text = scalar.text();
    if (!scalar.plain()) {
      out.string(name, text);
    } else if (text.isEmpty() || text.equals("null") || text.equals("~")) {
      out.head(BsonType.NULL, name);
    } else if (text.equals("true") || text.equals("false")) {
      out.bool(name, text.equals("true"));
    } else if (INTEGER.matcher(text).matches()) {
      integer(name, scalar);
    } else if (FLOAT.matcher(text).matches()) {
      decimal(name, scalar);
    } else {
      special(name, text);
    }
  }

  private void integer(String name, YamlScalar scalar) {
    try {
      long value = Long.parseLong(scalar.text());
      if (value == (int) value) {
        out.int32(name, (int) value);
      } else {
        out.int64(name, value);
      }
    } catch (NumberFormatException e) {
      scalar.field().fail(ProblemCode.BAD_VALUE, "an integer of 64 bits, or quotes for a string");
    }
  }

  private void decimal(String name, YamlScalar scalar) {
    double value = Double.parseDouble(scalar.text());
    if (Double.isInfinite(value)) {
      scalar.field().fail(ProblemCode.BAD_VALUE, "quotes for a string, or .inf");
    }
    out.float64(name, value);
  }

  private void special(String name, String text) {
    switch (text) {
      case ".nan" -> out.float64(name, Double.NaN);
      case ".inf" -> out.float64(name, Double.POSITIVE_INFINITY);
      case "-.inf" -> out.float64(name, Double.NEGATIVE_INFINITY);
      default -> out.string(name, text);
    }
  }
}
