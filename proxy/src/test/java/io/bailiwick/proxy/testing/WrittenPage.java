package io.bailiwick.proxy.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of the documentation that is made from the code. */
public final class WrittenPage {
  private WrittenPage() {}

  /** Compares the page with what the code says now; with -Dbailiwick.writeDocs it is written. */
  public static void assertUpToDate(String name, String expected) throws IOException {
    Path page = Path.of("..", "docs", name);
    if (Boolean.getBoolean("bailiwick.writeDocs")) {
      Files.writeString(page, expected);
    }
    assertEquals(
        expected,
        Files.exists(page) ? Files.readString(page) : "",
        "docs/" + name + " is out of date; run the tests with -Dbailiwick.writeDocs=true");
  }
}
