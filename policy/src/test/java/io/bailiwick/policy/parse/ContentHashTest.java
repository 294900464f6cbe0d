package io.bailiwick.policy.parse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  private static PolicyFile file(String name, String text) {
    return new PolicyFile(name, text.getBytes(UTF_8));
  }

  @Test
  void tellsContentsOfOneLengthApart() {
    assertNotEquals(
        ContentHash.of(List.of(file("a", "mode: deny"))),
        ContentHash.of(List.of(file("a", "mode: demy"))));
  }

  @Test
  void tellsWhereOneFileEndsAndTheNextStarts() {
    assertNotEquals(
        ContentHash.of(List.of(file("a", "xy"), file("b", "z"))),
        ContentHash.of(List.of(file("a", "x"), file("b", "yz"))));
  }

  @Test
  void asksForNoOrderOfFiles() {
    assertEquals(
        ContentHash.of(List.of(file("a", "x"), file("b", "y"))),
        ContentHash.of(List.of(file("b", "y"), file("a", "x"))));
  }
}
