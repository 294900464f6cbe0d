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
  private final Reloads reloads = new Reloads(List.of(text), new Told());

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
  void aSetHoldsAsAWholeOrNotAtAll() {
    String[] second = {"one"};
    Reloadable<String> other =
        new Reloadable<>(() -> List.of(content(second[0])), ReloadsTest::compile);
    List<String> heard = new ArrayList<>();
    text.onChange(now -> heard.add("text " + now));
    other.onChange(now -> heard.add("other " + now));
    Reloads set = new Reloads(List.of(text, other), new Told());
    file = "two";
    second[0] = "bad";

    assertNotNull(set.reload());
    assertEquals("one", text.get(), "half of a set is in force");
    set.poll();
    set.poll();
    assertEquals("one", text.get(), "half of a set is in force");

    second[0] = "two";
    set.poll();
    set.poll();
    assertEquals(List.of("text two", "other two"), heard);
    assertEquals(List.of("failed", "changed"), told);
  }

  @Test
  void aSwapBetweenTwoFilesOfASetIsReadAgain() {
    String[] second = {"one"};
    boolean[] swaps = {false};
    Reloadable<String> other =
        new Reloadable<>(() -> List.of(content(second[0])), ReloadsTest::compile);
    Reloadable<String> first =
        new Reloadable<>(
            () -> {
              PolicyFile read = read().get(0);
              if (swaps[0]) { // between this file and the next
                swaps[0] = false;
                file = "two";
                second[0] = "two";
              }
              return List.of(read);
            },
            ReloadsTest::compile);
    List<String> pairs = new ArrayList<>();
    other.onChange(now -> pairs.add(first.get() + " " + now));
    swaps[0] = true;

    assertNull(new Reloads(List.of(first, other), new Told()).reload());

    assertEquals(List.of("two two"), pairs);
    assertEquals(2, first.generation());
  }

  @Test
  void filesThatNeverStandStillAreGivenUp() {
    int[] looks = {0};
    Reloadable<String> restless =
        new Reloadable<>(() -> List.of(content("look " + looks[0]++)), ReloadsTest::compile);

    String problems = new Reloads(List.of(restless), new Told()).reload();

    assertEquals(
        "files change while they are read (expected: files that are written whole)", problems);
    assertEquals(1, restless.generation());
    assertEquals(List.of("failed"), told);
  }

  @Test
  void aDefectIsAFailureAndSaysNothingOfTheFile() {
    Reloadable<String> broken =
        new Reloadable<>(
            this::read,
            files -> {
              String content = compile(files);
              if (content.equals("secret")) {
                throw new IllegalStateException(content);
              }
              return content;
            });
    file = "secret";

    assertEquals(
        "internal: IllegalStateException", new Reloads(List.of(broken), new Told()).reload());
    assertEquals("one", broken.get());
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
    return List.of(content(content));
  }

  private static PolicyFile content(String text) {
    return new PolicyFile("file", text.getBytes(StandardCharsets.UTF_8));
  }

  private final class Told implements Reloads.Listener {
    @Override
    public void onSuccess(boolean changed) {
      told.add(changed ? "changed" : "confirmed");
    }

    @Override
    public void onFailure(String problems, boolean again) {
      told.add(again ? "failed again" : "failed");
    }
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
