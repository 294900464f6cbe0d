package io.bailiwick.proxy.upstream;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What is done about a server for how clients' commands went there. Thread-safe. */
interface Aftermath {
  /** Nothing is done. */
  Aftermath NONE =
      new Aftermath() {
        @Override
        public void onAnswered(long nanos) {}

        @Override
        public void onUnanswered() {}

        @Override
        public CompletionStage<?> kill(Introduction of) {
          return CompletableFuture.completedStage(null);
        }
      };

  /** A client's command was answered, in that time. */
  void onAnswered(long nanos);

  /** A client's command was not answered in time, or its connection was lost. */
  void onUnanswered();

  /** A compressed reply was not what it promises. */
  default void onCompressedRefused() {}

  /**
   * Ends what a connection is still busy with. The connection stays open meanwhile, or its number
   * could be another's.
   *
   * @return completes when everything has been tried, and never fails
   */
  CompletionStage<?> kill(Introduction of);
}
