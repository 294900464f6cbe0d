package io.bailiwick.policy.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.Command;
import io.bailiwick.policy.Sample;
import io.bailiwick.policy.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Commands that someone would send who wants out of his tenant, one file per family. A line is a
 * verdict, {@code ok} or the rule that denies, and a command. What is forwarded must be what was
 * worked out apart from the product, and have nothing against it in any order.
 */
class HostileCommandsTest {
  private static final String BULK =
      "{bulkWrite: 1, ops: [%s], nsInfo: [{ns: 'app.orders'}, {ns: 'app.plans'}], $db: 'admin'}";

  static Stream<Arguments> lines() {
    return Stream.of(
            "find", "reads", "aggregate", "update", "writes", "others", "strings", "numbers")
        .flatMap(family -> lines(family).map(line -> Arguments.of(family, line)));
  }

  private static Stream<String> lines(String family) {
    String name = "/io/bailiwick/policy/hostile/" + family + ".txt";
    try (InputStream in = HostileCommandsTest.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no such file: " + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.isBlank() && !line.startsWith("#"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void getWhatTheyDeserve(String family, String line) {
    String rule = line.substring(0, line.indexOf(' '));
    Command command = Command.of(json(line.substring(rule.length() + 1)));

    Verdict verdict = sample(family).judge().verdict(command);

    if (rule.equals("ok")) {
      assertInstanceOf(Verdict.Forward.class, verdict, () -> verdict.toString());
    } else {
      assertEquals(
          rule,
          assertInstanceOf(Verdict.Deny.class, verdict, "is let pass").rule(),
          verdict::toString);
    }
    new JudgedTwice(sample(family)).judge(command.toBytes());
  }

  private static Sample sample(String family) {
    return switch (family) {
      case "strings" -> Sample.policy().forString("acme-a");
      case "numbers" -> Sample.policy().forNumber("7");
      default -> Sample.policy();
    };
  }

  private static String json(String text) {
    return switch (text.substring(0, 2)) {
      case "U " -> "{update: 'orders', updates: [" + text.substring(2) + "], $db: 'app'}";
      case "F " -> "{findAndModify: 'orders', " + text.substring(2) + ", $db: 'app'}";
      case "B " -> BULK.formatted(text.substring(2));
      default -> text;
    };
  }
}
