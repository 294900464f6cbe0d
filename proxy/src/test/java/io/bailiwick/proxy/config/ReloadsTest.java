package io.bailiwick.proxy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ReloadsTest {
  private @Nullable String file = "one";
  private final List<String> told = new ArrayList<>();
  private final Reloadable<String> text = new Reloadable<>(this::read, ReloadsTest::compile);
  private final Reloads reloads =
      new Reloads(
          List.of(text),
          new Reloads.Listener() {
            @Override
            public void onSuccess(boolean changed) {
              told.add(changed ? "changed" : "confirmed");
            }

            @Override
            public void onFailure(String problems, boolean again) {
              told.add(again ? "failed again" : "failed");
            }
          });

  @Test
  void aNewGenerationTakesThePlaceOfTheLast() {
    List<String> heard = new ArrayList<>();
    text.onChange(heard::add);
    file = "two";

    assertNull(reloads.reload());

    assertEquals("two", text.get());
    assertEquals(2, text.generation());
    assertEquals(List.of("two"), heard);
    assertEquals(List.of("changed"), told);
  }

  @Test
  void nothingNewIsConfirmedAndNoNewGeneration() {
    assertNull(reloads.reload());

    assertEquals(1, text.generation());
    assertEquals(List.of("confirmed"), told);
  }

  @Test
  void whatIsWrongKeepsTheLastGoodAndIsToldAsNewOnlyOnce() {
    file = "bad";
    assertNotNull(reloads.reload());
    assertNotNull(reloads.reload());
    assertEquals("one", text.get());
    assertNotNull(reloads.lastError());
    assertEquals(List.of("failed", "failed again"), told);

    file = "two";
    assertNull(reloads.reload());

    assertEquals("two", text.get());
    assertNull(reloads.lastError());
  }

  @Test
  void pollWaitsUntilTwoLooksSawTheSame() {
    file = "two";
    reloads.poll();
    assertEquals("one", text.get());

    file = "three";
    reloads.poll();
    assertEquals("one", text.get());

    reloads.poll();

    assertEquals("three", text.get());
    assertEquals(List.of("changed"), told);
  }

  @Test
  void pollTellsAFailureOnceAndTheWayBack() {
    file = "bad";
    reloads.poll();
    reloads.poll();
    reloads.poll();
    assertEquals(List.of("failed"), told);

    file = "one";
    reloads.poll();
    reloads.poll();

    assertEquals(List.of("failed", "confirmed"), told);
    assertEquals(1, text.generation());
    assertNull(reloads.lastError());
  }

  @Test
  void filesThatVanishAndComeBackChangeNothing() {
    file = null;
    reloads.poll();
    assertEquals("one", text.get());
    assertEquals(List.of("failed"), told);

    file = "one";
    reloads.poll();

    assertEquals(List.of("failed", "confirmed"), told);
  }

  @Test
  void nothingToStartWithIsAnError() {
    file = "bad";

    assertThrows(
        InvalidPolicyException.class, () -> new Reloadable<>(this::read, ReloadsTest::compile));
  }

  private List<PolicyFile> read() {
    String content = file;
    if (content == null) {
      throw problem("gone");
    }
    return List.of(new PolicyFile("file", content.getBytes(StandardCharsets.UTF_8)));
  }

  private static String compile(List<PolicyFile> files) {
    String content = new String(files.get(0).content(), StandardCharsets.UTF_8);
    if (content.equals("bad")) {
      throw problem("bad");
    }
    return content;
  }

  private static InvalidPolicyException problem(String message) {
    Problems problems = new Problems();
    problems.add(ProblemCode.BAD_VALUE, "file", message);
    return new InvalidPolicyException(problems.all());
  }
}
