package io.bailiwick.proxy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes proxy files for tests that need one to exist. */
final class TestConfig {
  private TestConfig() {}

  /** A file with one listener and the given lines. */
  static Path write(Path directory, String lines) throws IOException {
    Path file = directory.resolve("bailiwick.yaml");
    Files.writeString(
        file,
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - name: app
            address: 127.0.0.1:0
            login: { users: users.yaml }
        """
            + lines
            + "\n");
    return file;
  }
}
