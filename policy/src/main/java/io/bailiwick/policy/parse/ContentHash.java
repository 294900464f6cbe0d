package io.bailiwick.policy.parse;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** The one name of a generation: a digest over its files, the same in whatever order they came. */
final class ContentHash {
  private ContentHash() {}

  static String of(List<PolicyFile> files) {
    MessageDigest digest = sha256();
    files.stream()
        .sorted(Comparator.comparing(PolicyFile::name))
        .forEach(
            file -> {
              digest.update(ByteBuffer.allocate(4).putInt(0, file.content().length));
              digest.update(file.content());
            });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
