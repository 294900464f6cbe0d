package io.bailiwick.proxy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much the log says; the names are what is typed. */
enum LogLevel {
  debug(Level.DEBUG),
  info(Level.INFO),
  warn(Level.WARN),
  error(Level.ERROR);

  private final Level level;

  LogLevel(Level level) {
    this.level = level;
  }

  /** Holds for the whole process from now on. */
  void apply() {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(level);
    }
  }
}
