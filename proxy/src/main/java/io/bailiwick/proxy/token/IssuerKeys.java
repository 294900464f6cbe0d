package io.bailiwick.proxy.token;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.proxy.config.PolicyFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Reads the keys of an issuer out of a file. */
public final class IssuerKeys {
  private IssuerKeys() {}

  /**
   * @throws InvalidPolicyException naming the file and what is expected in it
   */
  public static VerificationKeys read(Path file) {
    Problems problems = new Problems();
    PolicyFile content = PolicyFiles.read(file, problems);
    problems.throwIfErrors();
    return compile(List.of(content));
  }

  /** The same for a file that was read already. */
  public static VerificationKeys compile(List<PolicyFile> files) {
    PolicyFile file = files.get(0);
    try {
      return VerificationKeys.parse(new String(file.content(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      Problems problems = new Problems();
      problems.add(
          ProblemCode.BAD_VALUE,
          file.name(),
          "not the keys of an issuer (expected: " + e.getMessage() + ")");
      throw new InvalidPolicyException(problems.all());
    }
  }
}
