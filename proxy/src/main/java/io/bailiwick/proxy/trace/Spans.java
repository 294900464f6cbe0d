package io.bailiwick.proxy.trace;

/** Takes what the data path did for traces. Called on event loops: never waits, never throws. */
public interface Spans {
  /** Nobody wants any. */
  Spans OFF =
      new Spans() {
        @Override
        public boolean isOn() {
          return false;
        }

        @Override
        public void record(Span span) {}
      };

  /** False if nothing is recorded, so that no span need be made. */
  default boolean isOn() {
    return true;
  }

  /** Takes one span, or counts it as lost. */
  void record(Span span);
}
