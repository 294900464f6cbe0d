package io.bailiwick.proxy.cli;

/**
 * Plays the demonstration. Found by {@link java.util.ServiceLoader}: the demo's classes are no part
 * of the distribution.
 */
public interface DemoStory {
  /**
   * Plays.
   *
   * @param once end when the story is told, instead of staying up until interrupted
   * @return the process's exit code: 0 if every step behaved
   * @throws Exception if it could not be played
   */
  int play(boolean once, Terminal terminal) throws Exception;
}
