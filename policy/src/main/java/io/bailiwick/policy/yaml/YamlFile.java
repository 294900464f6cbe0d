package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/**
 * Reads one YAML file into nodes that know their places. Every scalar keeps its source text. Bytes
 * of any kind give a tree or problems, never an exception.
 */
public final class YamlFile {
  /** Larger files are refused. */
  public static final int MAX_BYTES = 1 << 20;

  private YamlFile() {}

  /**
   * @param name the file's name, as problems show it
   * @return the root, or null if the file cannot be used at all, which has been reported
   */
  public static @Nullable YamlNode read(String name, byte[] bytes, Problems problems) {
    String text = decode(name, bytes, problems);
    if (text == null) {
      return null;
    }
    YamlSource source = new YamlSource(name, text, problems);
    YamlTree tree = new YamlTree(source);
    try {
      return tree.read();
    } catch (MarkedYamlEngineException e) {
      Place place =
          e.getProblemMark().map(mark -> YamlTree.place(source, mark)).orElse(source.place(1, 1));
      source.report(place, ProblemCode.SYNTAX, syntax(e, source, place), null);
    } catch (ReaderException e) {
      String message = String.format("character U+%04X is not allowed in YAML", e.getCodePoint());
      source.report(source.placeOf(e.getPosition()), ProblemCode.SYNTAX, message, null);
    } catch (RuntimeException e) {
      // Of escapes it cannot read the parser lets exceptions of the JDK through.
      source.report(
          tree.reached(), ProblemCode.SYNTAX, "not YAML: cannot be read from here on", null);
    }
    return null;
  }

  /** As {@link #read}, for files whose root is a map; anything else is reported. */
  public static @Nullable YamlMap readMap(String name, byte[] bytes, Problems problems) {
    YamlNode root = read(name, bytes, problems);
    if (root instanceof YamlMap map) {
      return map;
    }
    if (root != null) {
      root.field().fail(ProblemCode.WRONG_TYPE, "a map of keys and values");
    }
    return null;
  }

  private static String syntax(MarkedYamlEngineException e, YamlSource source, Place place) {
    if (source.characterAt(place) == '\t') {
      return "a tab where spaces are expected (expected: indentation by spaces)";
    }
    String context = e.getContext() == null ? "" : e.getContext() + ", ";
    return "not YAML: " + context + e.getProblem();
  }

  private static @Nullable String decode(String name, byte[] bytes, Problems problems) {
    if (bytes.length > MAX_BYTES) {
      problems.add(
          ProblemCode.UNREADABLE,
          name,
          bytes.length + " bytes (expected: at most " + MAX_BYTES + ")");
      return null;
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer text = CharBuffer.allocate(bytes.length + 1);
    ByteBuffer input = ByteBuffer.wrap(bytes);
    CoderResult result = decoder.decode(input, text, true);
    text.flip();
    YamlSource source = new YamlSource(name, text.toString(), problems);
    if (result.isError()) {
      String message = String.format("byte 0x%02X is not UTF-8", bytes[input.position()]);
      Place place = source.placeOf(Integer.MAX_VALUE);
      source.reportWithoutLine(
          place, ProblemCode.UNREADABLE, message + " (expected: a text file in UTF-8)");
      return null;
    }
    if (text.length() > 0 && text.charAt(0) == '\uFEFF') {
      source.reportWithoutLine(
          source.place(1, 1),
          ProblemCode.UNREADABLE,
          "the file starts with a byte order mark (expected: plain UTF-8 without one)");
      return null;
    }
    return text.toString();
  }
}
