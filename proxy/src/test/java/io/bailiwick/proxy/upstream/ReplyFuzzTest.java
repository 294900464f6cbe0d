package io.bailiwick.proxy.upstream;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Any bytes at all, and replies that are drawn, as what MongoDB says. An ordinary run replays the
 * committed inputs; {@code .ci/fuzz} looks for new ones.
 */
class ReplyFuzzTest {
  @FuzzTest
  void passesAnyBytesAsTheLibraryReadsThemOrEndsTheReply(FuzzedDataProvider data) {
    AnyReply reply = new AnyReply(bound -> data.consumeInt(0, bound - 1));
    reply.arrives(data.consumeRemainingAsBytes());
  }

  @FuzzTest
  void passesDrawnRepliesWithoutAWordOfOthers(FuzzedDataProvider data) {
    AnyReply reply = new AnyReply(bound -> data.consumeInt(0, bound - 1));
    reply.arrivesDrawn();
  }
}
