package io.bailiwick.proxy.cli;

import io.bailiwick.proxy.config.ConfigParser;

/** Runs the proxy until it is told to stop; given by the composition root. */
@FunctionalInterface
public interface Server {
  /**
   * Starts and serves.
   *
   * @return the process's exit code
   * @throws CommandFailedException if it cannot start
   */
  int serve(ConfigParser.Result configuration);
}
