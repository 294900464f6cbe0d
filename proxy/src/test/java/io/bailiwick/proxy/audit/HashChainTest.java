package io.bailiwick.proxy.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever changes, takes out or puts in a line of a chained audit is found out. */
final class HashChainTest {
  @TempDir Path directory;

  private List<String> chained(int lines) {
    HashChain chain = new HashChain(new Keyed(null), null);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      all.add(chain.tie("{\"n\":" + i + "}"));
    }
    return all;
  }

  private ChainCheck.Result check(List<String> lines) throws IOException {
    Path file = Files.write(directory.resolve("audit.jsonl"), lines);
    return new ChainCheck(null).check(List.of(file));
  }

  @Test
  void aWholeChainHolds() throws IOException {
    ChainCheck.Result result = check(chained(5));

    assertNull(result.broken());
    assertEquals(5, result.lines());
    assertTrue(result.fromStart());
  }

  @Test
  void everyLineStaysJson() {
    assertEquals(1, BsonDocument.parse(chained(2).get(1)).getInt32("n").getValue());
  }

  @Test
  void aChangedLineIsFoundOut() throws IOException {
    List<String> lines = chained(5);
    lines.set(2, lines.get(2).replace("\"n\":2", "\"n\":7"));

    assertTrue(String.valueOf(check(lines).broken()).contains("audit.jsonl:4: "));
  }

  @Test
  void aLineThatWasTakenOutOrPutInIsFoundOut() throws IOException {
    List<String> fewer = chained(5);
    fewer.remove(2);
    assertNotNull(check(fewer).broken());
    List<String> more = chained(5);
    more.add(2, more.get(1));
    assertNotNull(check(more).broken());
    List<String> stranger = chained(5);
    stranger.add("{\"n\":9}");
    assertTrue(String.valueOf(check(stranger).broken()).contains("not a line of a chain"));
  }

  @Test
  void missingLinesAtTheBeginningAreToldAndAtTheEndChangeTheLastHash() throws IOException {
    List<String> lines = chained(5);
    String last = check(lines).last();

    assertFalse(check(lines.subList(1, 5)).fromStart());
    assertFalse(check(lines.subList(0, 4)).last().equals(last));
  }

  @Test
  void anotherKeyMakesAnotherChain() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "B".repeat(43) + "=\n");
    new ProcessBuilder("chmod", "400", key.toString()).start().waitFor();
    Path file = Files.write(directory.resolve("audit.jsonl"), chained(3));

    assertNotNull(new ChainCheck(key).check(List.of(file)).broken());
  }

  @Test
  void aRotatedFileContinuesTheChainAcrossRestarts() throws IOException {
    Path file = directory.resolve("rotating.jsonl");
    for (int run = 0; run < 3; run++) {
      try (RotatingFile sink = new RotatingFile(file, 400, 9)) {
        HashChain chain = new HashChain(new Keyed(null), sink.lastLine());
        for (int i = 0; i < 5; i++) {
          sink.write(List.of(chain.tie("{\"run\":" + run + ",\"n\":" + i + "}")));
        }
      }
    }
    List<Path> files = new ArrayList<>();
    for (int i = 9; i > 0; i--) {
      Path full = directory.resolve("rotating.jsonl." + i);
      if (Files.exists(full)) {
        assertTrue(Files.size(full) <= 400);
        files.add(full);
      }
    }
    files.add(file);
    assertTrue(files.size() > 3);

    ChainCheck.Result result = new ChainCheck(null).check(files);

    assertNull(result.broken());
    assertEquals(15, result.lines());
    assertTrue(result.fromStart());
  }

  @Test
  void onlySoManyFullFilesAreKept() throws IOException {
    Path file = directory.resolve("few.jsonl");
    try (RotatingFile sink = new RotatingFile(file, 20, 2)) {
      for (int i = 0; i < 10; i++) {
        sink.write(List.of("{\"n\":\"aaaaaaaaaa" + i + "\"}"));
      }
    }
    assertTrue(Files.exists(directory.resolve("few.jsonl.2")));
    assertFalse(Files.exists(directory.resolve("few.jsonl.3")));
    assertEquals("{\"n\":\"aaaaaaaaaa8\"}\n", Files.readString(directory.resolve("few.jsonl.1")));
  }
}
