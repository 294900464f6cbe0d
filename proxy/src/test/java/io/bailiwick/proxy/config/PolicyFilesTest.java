package io.bailiwick.proxy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyFilesTest {
  @TempDir Path directory;

  @BeforeEach
  void write() throws IOException {
    Path policies = Files.createDirectory(directory.resolve("policies"));
    for (String name : List.of("b.yaml", "a.yaml", "a_test.yaml", "notes.txt")) {
      Files.writeString(policies.resolve(name), name);
    }
    Files.createDirectory(policies.resolve("directory.yaml"));
  }

  @Test
  void findsWhatThePatternsSayInOrderAndNothingTwice() {
    assertEquals(List.of("a.yaml", "b.yaml"), names("policies/*.yaml", "policies/a.yaml"));
  }

  @Test
  void takesAnAbsolutePath() {
    assertEquals(List.of("b.yaml"), names(directory.resolve("policies/b.yaml").toString()));
  }

  @Test
  void followsTheLinksOfAMountedConfigMap() throws IOException {
    Path mount = Files.createDirectory(directory.resolve("mount"));
    Files.createSymbolicLink(mount.resolve("..data"), directory.resolve("policies"));
    Files.createSymbolicLink(mount.resolve("a.yaml"), Path.of("..data", "a.yaml"));

    assertEquals(List.of("a.yaml"), names("mount/*.yaml"));
  }

  @Test
  void ofAHugeFileNoMoreIsReadThanAFileMayHave() throws IOException {
    try (RandomAccessFile huge =
        new RandomAccessFile(directory.resolve("policies/a.yaml").toFile(), "rw")) {
      huge.setLength(8L << 30); // sparse: it takes no room on disk, and would on the heap
    }

    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> names("policies/a.yaml"));

    assertTrue(
        refused
            .toString()
            .contains("a.yaml:1:1: error[P001] too large (expected: at most 1048576 b"),
        refused.toString());
  }

  @Test
  void aPatternThatFindsNothingIsAnError() {
    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> names("policies/*.yaml", "no/*.yaml"));

    assertEquals(1, refused.problems().size());
    assertTrue(refused.toString().contains("no/*.yaml"), refused.toString());
    assertThrows(InvalidPolicyException.class, () -> names("policies/a_test.yaml"));
  }

  private List<String> names(String... patterns) {
    ProxyConfig.Policies policies =
        new ProxyConfig.Policies(
            List.of(patterns), List.of("*_test.yaml"), directory, Duration.ZERO);
    return PolicyFiles.read(policies).stream()
        .map(PolicyFile::name)
        .map(name -> String.valueOf(Path.of(name).getFileName()))
        .toList();
  }
}
