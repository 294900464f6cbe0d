package io.bailiwick.proxy.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux is about to do with a connection of this machine by itself. */
public final class TcpTimers {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final String ESTABLISHED = "01";
  private static final String KEEP_ALIVE = "02";

  private TcpTimers() {}

  public static boolean canBeRead() {
    return Files.isReadable(TABLES.get(0));
  }

  /** Seconds until the first probe; fails if none is planned. */
  public static double secondsToProbe(int localPort, int remotePort) throws IOException {
    for (Path table : TABLES) {
      for (String line : Files.readAllLines(table)) {
        String[] columns = line.strip().split("\\s+");
        if (columns[3].equals(ESTABLISHED)
            && port(columns[1]) == localPort
            && port(columns[2]) == remotePort
            && columns[5].startsWith(KEEP_ALIVE + ":")) {
          return Long.parseLong(columns[5].substring(3), 16) / 100.0;
        }
      }
    }
    throw new AssertionError("no probe is planned from " + localPort + " to " + remotePort);
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }
}
