package io.bailiwick.proxy.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds files that are mounted one by one, as {@code subPath} of Kubernetes does: who replaces the
 * file outside leaves the old one mounted here, for good and without a word.
 */
public final class PinnedFiles {
  /** Where Linux tells a process what is mounted for it. */
  public static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  /** What to say behind the name of such a file. */
  public static final String ADVICE =
      "mounted by itself (a subPath?), so that a new version of it never gets here (expected: the"
          + " directory mounted)";

  private static final int MOUNT_POINT = 4;

  private PinnedFiles() {}

  /**
   * Those of the files that are mount points; none where that cannot be known.
   *
   * @param mounts in the form of proc_pid_mountinfo(5)
   */
  public static List<Path> among(Collection<Path> files, Path mounts) {
    try {
      Set<String> points = new HashSet<>();
      for (String line : Files.readAllLines(mounts, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(" ");
        if (fields.length > MOUNT_POINT) {
          points.add(unescaped(fields[MOUNT_POINT]));
        }
      }
      return files.stream().distinct().filter(file -> points.contains(real(file))).toList();
    } catch (IOException e) {
      return List.of(); // not Linux
    }
  }

  /** Through all links, for a link may lead into another mount. */
  private static String real(Path file) {
    try {
      return file.toRealPath().toString();
    } catch (IOException e) {
      return ""; // What is not there is reported elsewhere.
    }
  }

  /** Blanks and the like stand as a backslash and three octal digits, byte by byte. */
  private static String unescaped(String field) {
    byte[] out = new byte[field.length()];
    int length = 0;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length()) {
        out[length++] = (byte) Integer.parseInt(field.substring(i + 1, i + 4), 8);
        i += 3;
      } else {
        out[length++] = (byte) c;
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }
}
