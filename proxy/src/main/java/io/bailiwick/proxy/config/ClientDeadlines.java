package io.bailiwick.proxy.config;

import java.time.Duration;

/**
 * How long a client may take over what it does. Each has a close cause of its own, and all are
 * looked at about once a second.
 *
 * @param greeting until the first whole message, a handshake of TLS included
 * @param login from the first sign that a client means to log in until it has
 * @param anonymousIdle silence allowed before a login; drivers' monitors never log in, and say
 *     hello every ten seconds
 * @param idle silence allowed after a login; zero for no limit, since drivers keep pools
 * @param message from the first byte of a message to its last: a slow writer
 * @param reply for the client to take bytes that wait for it, before more are read from MongoDB: a
 *     slow reader
 * @param linger for the last bytes to reach a client whose connection ends
 * @param keepAlive until a client that is gone without a word is found to be; zero for what the
 *     system does by itself
 */
public record ClientDeadlines(
    Duration greeting,
    Duration login,
    Duration anonymousIdle,
    Duration idle,
    Duration message,
    Duration reply,
    Duration linger,
    Duration keepAlive) {
  /** What holds where the file says nothing. */
  public static final ClientDeadlines DEFAULT =
      new ClientDeadlines(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofMinutes(10),
          Duration.ZERO,
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(25));
}
