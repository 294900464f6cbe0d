package io.bailiwick.proxy.cli;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.proxy.config.PolicyFiles;
import java.nio.file.Path;
import java.util.List;

/** Compiles the policy that stands in files and directories given on the command line. */
final class PolicySet {
  private PolicySet() {}

  /**
   * One generation of all policy files behind the paths.
   *
   * @throws InvalidPolicyException with everything that is wrong
   */
  static Policy of(List<Path> paths) {
    List<Path> files = InputFiles.of(paths).policies();
    if (files.isEmpty()) {
      throw new CommandFailedException(
          ExitCode.INVALID, "no policy in " + paths + " (expected: files of kind: Policy)");
    }
    Problems problems = new Problems();
    List<PolicyFile> read = files.stream().map(file -> PolicyFiles.read(file, problems)).toList();
    problems.throwIfErrors();
    return PolicyParser.parse(read);
  }
}
