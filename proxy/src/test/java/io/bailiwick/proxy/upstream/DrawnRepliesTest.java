package io.bailiwick.proxy.upstream;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The replies that the fuzzer draws, drawn from seeds: a longer run is {@code .ci/fuzz}. */
class DrawnRepliesTest {
  private static final int REPLIES = Integer.getInteger("bailiwick.drawn", 3_000);

  @Test
  void passWithoutAWordOfOthers() {
    for (int seed = 0; seed < REPLIES; seed++) {
      Random random = new Random(seed);
      new AnyReply(random::nextInt).arrivesDrawn();
    }
  }

  @Test
  void ofAnyBytesPassAsTheLibraryReadsThemOrEnd() {
    for (int seed = 0; seed < REPLIES; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[1 + random.nextInt(90)];
      random.nextBytes(bytes);
      new AnyReply(random::nextInt).arrives(bytes);
    }
  }
}
