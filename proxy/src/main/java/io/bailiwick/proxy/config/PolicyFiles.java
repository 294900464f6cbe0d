package io.bailiwick.proxy.config;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Finds and reads the files that {@code policies:} names. Blocks; not for event loops. */
public final class PolicyFiles {
  private PolicyFiles() {}

  /**
   * Reads all files of one generation, sorted by path.
   *
   * @throws InvalidPolicyException if a pattern finds nothing or a file cannot be read
   */
  public static List<PolicyFile> read(ProxyConfig.Policies policies) {
    Problems problems = new Problems();
    TreeMap<Path, PolicyFile> found = new TreeMap<>();
    for (String pattern : policies.files()) {
      List<Path> paths = matching(policies, pattern);
      if (paths.isEmpty()) {
        problems.add(
            ProblemCode.UNREADABLE,
            policies.base().resolve(pattern).toString(),
            "policies.files finds no file here (expected: at least one policy)");
      }
      paths.forEach(path -> found.put(path, read(path, problems)));
    }
    problems.throwIfErrors();
    return List.copyOf(found.values());
  }

  /**
   * Reads one file; one that cannot be read, or is larger than any file of ours may be, is reported
   * and comes back empty.
   *
   * @param path shown in problems as it is
   */
  public static PolicyFile read(Path path, Problems problems) {
    try (InputStream in = Files.newInputStream(path)) {
      // However large it is, no more of it gets into memory.
      byte[] content = in.readNBytes(YamlFile.MAX_BYTES + 1);
      if (content.length <= YamlFile.MAX_BYTES) {
        return new PolicyFile(path.toString(), content);
      }
      problems.add(
          ProblemCode.UNREADABLE,
          path.toString(),
          "too large (expected: at most " + YamlFile.MAX_BYTES + " bytes)");
    } catch (IOException e) {
      problems.add(
          ProblemCode.UNREADABLE,
          path.toString(),
          "cannot be read: " + e.getClass().getSimpleName() + " (expected: a file)");
    }
    return new PolicyFile(path.toString(), new byte[0]);
  }

  private static List<Path> matching(ProxyConfig.Policies policies, String pattern) {
    Path whole = policies.base().resolve(pattern);
    Path directory = whole.getParent();
    Path name = whole.getFileName();
    List<Path> paths = new ArrayList<>();
    if (directory == null || name == null || !Files.isDirectory(directory)) {
      return paths;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, name.toString())) {
      for (Path path : entries) {
        if (Files.isRegularFile(path) && !ignored(policies, path)) {
          paths.add(path);
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return paths;
  }

  private static boolean ignored(ProxyConfig.Policies policies, Path path) {
    Path name = path.getFileName();
    return policies.ignore().stream()
        .anyMatch(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(name));
  }
}
