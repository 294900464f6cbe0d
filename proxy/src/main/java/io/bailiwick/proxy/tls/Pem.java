package io.bailiwick.proxy.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a PEM file (RFC 7468). Text around blocks is passed over.
 *
 * @param label what stands behind {@code BEGIN}
 * @param der null if the block is encrypted in the way of old keys, or is no base64
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere; one owner
record Pem(String label, byte @org.jspecify.annotations.Nullable [] der) {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s(.*?)-----END \\1-----", Pattern.DOTALL);

  static List<Pem> blocks(byte[] file) {
    Matcher matcher = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
    List<Pem> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(new Pem(matcher.group(1), decoded(matcher.group(2))));
    }
    return blocks;
  }

  private static byte @org.jspecify.annotations.Nullable [] decoded(String body) {
    try {
      return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The label only: blocks may be secret. */
  @Override
  public String toString() {
    return "Pem[" + label + "]";
  }
}
