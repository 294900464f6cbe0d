package io.bailiwick.policy.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.bailiwick.policy.Command;
import io.bailiwick.policy.Sample;
import io.bailiwick.protocol.bson.Bytes;
import java.util.List;

/**
 * Any bytes at all as a command, and commands that are drawn so that many of them pass. An ordinary
 * run replays the committed inputs; {@code .ci/fuzz} looks for new ones.
 */
class CommandFuzzTest {
  private static final List<JudgedTwice> JUDGES =
      List.of(
          new JudgedTwice(Sample.policy()), new JudgedTwice(Sample.policy().forString("acme-a")));

  @FuzzTest
  void judgesAnyBytesAsTheOracleWouldOrRefusesThem(byte[] sections) {
    byte[] message = new byte[16 + sections.length];
    Bytes.putInt32(message, 0, message.length);
    Bytes.putInt32(message, 12, 2013);
    System.arraycopy(sections, 0, message, 16, sections.length);
    JUDGES.get(0).judge(message);
  }

  @FuzzTest
  void judgesDrawnCommandsAsTheOracleWouldOrRefusesThem(FuzzedDataProvider data) {
    JudgedTwice judge = JUDGES.get(data.consumeInt(0, 3) == 3 ? 1 : 0);
    Command command = new DrawnCommands(bound -> data.consumeInt(0, bound - 1)).next();
    judge.judge(command.toBytes());
  }
}
