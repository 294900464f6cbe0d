package io.bailiwick.proxy.tls;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The content of the files of one TLS configuration, and what is wrong with them. Nothing of a
 * file's content gets into a message. Not for event loops.
 */
final class TlsFiles {
  private static final int LARGEST = 1 << 20;

  private final List<PolicyFile> files;
  private final Problems problems = new Problems();

  TlsFiles(List<PolicyFile> files) {
    this.files = files;
  }

  /**
   * Reads all.
   *
   * @throws io.bailiwick.policy.yaml.InvalidPolicyException if one cannot be read
   */
  static List<PolicyFile> read(List<Path> paths) {
    Problems problems = new Problems();
    List<PolicyFile> read = new ArrayList<>();
    for (Path path : paths) {
      try {
        read.add(new PolicyFile(path.toString(), bytes(path)));
      } catch (IOException e) {
        problems.add(
            ProblemCode.UNREADABLE,
            path.toString(),
            "cannot be read: " + reason(e) + " (expected: a PEM file that this process may read)");
      }
    }
    problems.throwIfErrors();
    return List.copyOf(read);
  }

  private static byte[] bytes(Path path) throws IOException {
    if (Files.size(path) > LARGEST) {
      throw new IOException("larger than 1 MiB");
    }
    return Files.readAllBytes(path);
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e.getClass() == IOException.class
        ? String.valueOf(e.getMessage())
        : e.getClass().getSimpleName();
  }

  byte[] content(Path path) {
    for (PolicyFile file : files) {
      if (file.name().equals(path.toString())) {
        return file.content();
      }
    }
    throw new IllegalStateException("a file that was not read");
  }

  void fail(Path path, String what) {
    problems.add(ProblemCode.BAD_VALUE, path.toString(), what);
  }

  void throwIfErrors() {
    problems.throwIfErrors();
  }
}
