package io.bailiwick.policy.scenario;

import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code expect:} of a step. */
final class ExpectationText {
  static final List<String> KEYS =
      List.of(
          "forward",
          "forwards",
          "sequences",
          "shadowedBy",
          "deny",
          "code",
          "close",
          "answer",
          "local");

  private static final List<String> OUTCOMES =
      List.of("forward", "forwards", "deny", "close", "answer", "local");
  private static final Map<String, Boolean> ONLY_TRUE = Map.of("true", true);
  static final Map<String, LocalCommand> LOCAL_COMMANDS = localCommands();

  private ExpectationText() {}

  static Expectation read(YamlField field) {
    YamlMap map = field.required().map();
    map.allow(KEYS);
    List<String> outcomes =
        OUTCOMES.stream().filter(key -> !(key.equals("close") && map.has("deny"))).toList();
    String outcome = map.exactlyOne(outcomes);
    checkCompanions(map);
    return outcome == null ? new Expectation.Close() : read(map, outcome);
  }

  private static Expectation read(YamlMap map, String outcome) {
    YamlField field = map.field(outcome);
    return switch (outcome) {
      case "forward" -> forward(map, field);
      case "forwards" -> {
        field.word(true, ONLY_TRUE);
        yield new Expectation.Forward(null, Map.of(), shadowedBy(map));
      }
      case "deny" -> deny(map, field);
      case "answer" -> new Expectation.Answer(DataWriter.document(field.map()));
      case "local" -> new Expectation.Local(field.word(LocalCommand.HELLO, LOCAL_COMMANDS));
      default -> {
        field.word(true, ONLY_TRUE);
        yield new Expectation.Close();
      }
    };
  }

  private static Expectation forward(YamlMap map, YamlField field) {
    if (field.isScalar()) {
      field.word(true, Map.of("unchanged", true));
      return new Expectation.Unchanged();
    }
    return new Expectation.Forward(
        DataWriter.document(field.map()),
        MessageText.sequences(map.field("sequences")),
        shadowedBy(map));
  }

  private static @Nullable List<String> shadowedBy(YamlMap map) {
    return map.has("shadowedBy") ? map.field("shadowedBy").texts() : null;
  }

  private static Expectation deny(YamlMap map, YamlField field) {
    Integer code = map.has("code") ? map.field("code").integer(0, 1, 100_000) : null;
    boolean closes = map.field("close").bool(false);
    return new Expectation.Deny(field.text(""), code, closes);
  }

  private static void checkCompanions(YamlMap map) {
    boolean body = map.has("forward") && !map.field("forward").isScalar();
    refuseUnless(map, "sequences", body, "only beside the body in forward");
    refuseUnless(map, "shadowedBy", body || map.has("forwards"), "only beside forward");
    refuseUnless(map, "code", map.has("deny"), "only beside deny");
  }

  private static void refuseUnless(YamlMap map, String key, boolean allowed, String expected) {
    if (map.has(key) && !allowed) {
      map.field(key).fail(ProblemCode.CONFLICT, expected);
    }
  }

  /** {@code SASL_START} is {@code saslStart} in a test file. */
  private static Map<String, LocalCommand> localCommands() {
    Map<String, LocalCommand> words = new LinkedHashMap<>();
    for (LocalCommand command : LocalCommand.values()) {
      StringBuilder word = new StringBuilder();
      for (String part : command.name().split("_", -1)) {
        String lower = part.toLowerCase(Locale.ROOT);
        word.append(
            word.isEmpty()
                ? lower
                : lower.substring(0, 1).toUpperCase(Locale.ROOT) + lower.substring(1));
      }
      words.put(word.toString(), command);
    }
    return words;
  }
}
