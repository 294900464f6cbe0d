package io.bailiwick.proxy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PinnedFilesTest {
  @TempDir Path directory;
  private Path mount;
  private Path policy;

  @BeforeEach
  void write() throws IOException {
    mount = Files.createDirectory(directory.toRealPath().resolve("a mount é"));
    policy = Files.writeString(mount.resolve("policy.yaml"), "x");
  }

  /** As the kernel writes it: blanks in octal digits, everything else byte by byte. */
  private List<Path> pinned(Path mounted, Path... files) throws IOException {
    String point = mounted.toString().replace(" ", "\\040");
    Path mounts =
        Files.writeString(
            directory.resolve("mountinfo"),
            "23 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw\n"
                + "412 400 259:1 /var/lib/kubelet/pods/x/volume-subpaths/config/bailiwick/0 "
                + point
                + " ro,relatime - ext4 /dev/root rw\n");
    return PinnedFiles.among(List.of(files), mounts);
  }

  @Test
  void findsAFileThatIsMountedByItself() throws IOException {
    assertEquals(List.of(policy), pinned(policy, policy));
  }

  @Test
  void findsItThroughALink() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link.yaml"), policy);

    assertEquals(List.of(link), pinned(policy, link));
  }

  @Test
  void saysNothingOfAFileInAMountedDirectory() throws IOException {
    assertEquals(List.of(), pinned(mount, policy));
    assertEquals(List.of(), pinned(policy, mount.resolve("gone.yaml")));
  }

  @Test
  void knowsNothingWhereNothingIsTold() {
    assertEquals(List.of(), PinnedFiles.among(List.of(policy), directory.resolve("no-such")));
    assertEquals(List.of(), PinnedFiles.among(List.of(policy), PinnedFiles.MOUNTS));
  }
}
