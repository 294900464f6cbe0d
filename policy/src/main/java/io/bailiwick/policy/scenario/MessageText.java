package io.bailiwick.policy.scenario;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Builds the message a step sends: a body said as {@code send}, {@code pairs} or {@code bytes},
 * document sequences around it, and flags; or a whole {@code message} in hexadecimal digits.
 */
final class MessageText {
  static final List<String> KEYS =
      List.of("send", "pairs", "bytes", "message", "sequences", "sectionOrder", "flags");

  private static final List<String> FORMS = List.of("send", "pairs", "bytes", "message");
  private static final String BODY = "body";
  private static final int HEADER_SIZE = 16;
  private static final int REQUEST_ID = 1;
  private static final Map<String, Integer> FLAGS = flagWords();

  private MessageText() {}

  static byte[] read(YamlMap step) {
    String form = step.exactlyOne(FORMS);
    if (form == null) {
      return new byte[0];
    }
    if (form.equals("message")) {
      for (String key : List.of("sequences", "sectionOrder", "flags")) {
        if (step.has(key)) {
          step.field(key).fail(ProblemCode.CONFLICT, "not beside a whole message");
        }
      }
      return step.field(form).parsed(new byte[0], MessageText::hex);
    }
    int flags = 0;
    for (YamlField item : step.field("flags").items()) {
      flags |= item.word(0, FLAGS);
    }
    return message(flags, sections(step, body(step, form)));
  }

  /** An ordinary OP_MSG with this body and nothing else. */
  static byte[] ofBody(byte[] body) {
    return message(0, List.of(section(body)));
  }

  private static byte[] body(YamlMap step, String form) {
    return switch (form) {
      case "send" -> DataWriter.document(step.field(form).map());
      case "pairs" -> DataWriter.pairs(Objects.requireNonNull(step.get(form)));
      default -> step.field(form).parsed(new byte[0], MessageText::hex);
    };
  }

  private static byte[] hex(String text) {
    try {
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("hexadecimal digits in pairs, spaces between them", e);
    }
  }

  private static List<byte[]> sections(YamlMap step, byte[] body) {
    Map<String, byte[]> sections = new LinkedHashMap<>();
    sections.put(BODY, section(body));
    sequences(step.field("sequences"))
        .forEach(
            (identifier, documents) -> sections.put(identifier, sequence(identifier, documents)));
    List<YamlField> order = step.field("sectionOrder").items();
    if (order.isEmpty()) {
      return List.copyOf(sections.values());
    }
    List<byte[]> ordered = new ArrayList<>();
    for (YamlField item : order) {
      byte[] section = sections.remove(item.text(""));
      if (section == null) {
        item.fail(ProblemCode.UNKNOWN_REFERENCE, "body or a sequence, each once");
      } else {
        ordered.add(section);
      }
    }
    if (!sections.isEmpty()) {
      step.field("sectionOrder")
          .fail(ProblemCode.MISSING_KEY, "all sections; missing: " + sections.keySet());
    }
    return ordered;
  }

  /** Document sequences as a map from identifier to documents, in file order. */
  static Map<String, List<byte[]>> sequences(YamlField field) {
    Map<String, List<byte[]>> sequences = new LinkedHashMap<>();
    for (YamlMap.Entry entry : field.map().entries()) {
      List<byte[]> documents =
          entry.value().field().items().stream()
              .map(item -> DataWriter.document(item.map()))
              .toList();
      sequences.put(entry.key().text(), documents);
    }
    return sequences;
  }

  private static byte[] section(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0);
    out.writeBytes(body);
    return out.toByteArray();
  }

  private static byte[] sequence(String identifier, List<byte[]> documents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(1);
    out.writeBytes(new byte[4]);
    out.writeBytes(Bytes.utf8(identifier));
    out.write(0);
    documents.forEach(out::writeBytes);
    byte[] section = out.toByteArray();
    Bytes.putInt32(section, 1, section.length - 1);
    return section;
  }

  private static byte[] message(int flags, List<byte[]> sections) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[HEADER_SIZE + 4]);
    sections.forEach(out::writeBytes);
    boolean checksum = (flags & OpMsg.CHECKSUM_PRESENT) != 0;
    out.writeBytes(new byte[checksum ? 4 : 0]);
    byte[] message = out.toByteArray();
    Bytes.putInt32(message, 0, message.length);
    Bytes.putInt32(message, 4, REQUEST_ID);
    Bytes.putInt32(message, 12, OpCode.OP_MSG);
    Bytes.putInt32(message, HEADER_SIZE, flags);
    if (checksum) {
      CRC32C crc = new CRC32C();
      crc.update(message, 0, message.length - 4);
      Bytes.putInt32(message, message.length - 4, (int) crc.getValue());
    }
    return message;
  }

  private static Map<String, Integer> flagWords() {
    Map<String, Integer> words = new LinkedHashMap<>();
    words.put("checksumPresent", OpMsg.CHECKSUM_PRESENT);
    words.put("moreToCome", OpMsg.MORE_TO_COME);
    words.put("exhaustAllowed", OpMsg.EXHAUST_ALLOWED);
    return words;
  }
}
