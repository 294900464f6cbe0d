package io.bailiwick.policy.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.Sample;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that the fuzzer draws, drawn from seeds: a longer run is {@code .ci/fuzz}. */
class DrawnCommandsTest {
  private static final int COMMANDS = Integer.getInteger("bailiwick.drawn", 5_000);

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void areJudgedAsTheOracleWouldOrRefused(long seed) {
    JudgedTwice judge =
        new JudgedTwice(seed == 1 ? Sample.policy() : Sample.policy().forString("acme-a"));
    Random random = new Random(seed);
    DrawnCommands commands = new DrawnCommands(random::nextInt);
    for (int i = 0; i < COMMANDS; i++) {
      judge.judge(commands.next().toBytes());
    }
    assertTrue(judge.forwarded() > COMMANDS / 10, () -> "only " + judge.forwarded() + " passed");
  }
}
