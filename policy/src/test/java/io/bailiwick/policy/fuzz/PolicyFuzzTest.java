package io.bailiwick.policy.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes at all as a policy file. */
class PolicyFuzzTest {
  @FuzzTest
  void compilesAFileOrSaysWhatIsWrongWithIt(byte[] bytes) {
    CompiledTwice.check(bytes);
  }
}
