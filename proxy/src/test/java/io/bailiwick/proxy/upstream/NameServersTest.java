package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameServersTest {
  @TempDir private Path directory;

  @Test
  void asksTheServersOfTheMachine() throws IOException {
    assertEquals("192.0.2.7:53", asked("search example\nnameserver 192.0.2.7\n"));
  }

  @Test
  void asksThisHostWhereTheMachineNamesNone() throws IOException {
    assertEquals("127.0.0.1:53", asked("search example\n"));
    assertEquals("127.0.0.1:53", asked(null));
  }

  private String asked(@Nullable String content) throws IOException {
    Path file = directory.resolve("resolv.conf");
    Files.deleteIfExists(file);
    if (content != null) {
      Files.writeString(file, content);
    }
    InetSocketAddress first =
        NameServers.of(file.toFile()).nameServerAddressStream("db.example.").next();
    return first.getAddress().getHostAddress() + ":" + first.getPort();
  }
}
