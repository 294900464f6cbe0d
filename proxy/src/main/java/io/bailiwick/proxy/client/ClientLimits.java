package io.bailiwick.proxy.client;

import java.time.Duration;

/**
 * Roofs on what one client may take up. All durations are checked about once a second.
 *
 * @param greeting until the first whole message
 * @param login from the first sign that a client means to log in until it has
 * @param anonymousIdle silence allowed before a login; drivers' monitors never log in, and say
 *     hello every ten seconds
 * @param idle silence allowed after a login; zero for no limit, since drivers keep pools
 * @param frame from the first byte of a message to its last
 * @param linger for the last bytes to reach a client whose connection ends
 * @param bytesBeforeLogin longest message before a login
 * @param bytes longest message after a login
 * @param bytesInPartsBeforeLogin of messages that have not arrived in full, for all connections of
 *     the process that nobody logged in on; too little to hurt, and nobody else's
 * @param bytesInParts the same for all connections that somebody logged in on
 * @param connections for the whole process
 * @param connectionsPerAddress from one address
 */
public record ClientLimits(
    Duration greeting,
    Duration login,
    Duration anonymousIdle,
    Duration idle,
    Duration frame,
    Duration linger,
    int bytesBeforeLogin,
    int bytes,
    long bytesInPartsBeforeLogin,
    long bytesInParts,
    int connections,
    int connectionsPerAddress) {

  public static final ClientLimits DEFAULT =
      new ClientLimits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofMinutes(10),
          Duration.ZERO,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          64 * 1024,
          48_000_000,
          Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 64),
          Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 4),
          20_000,
          10_000);
}
