package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import java.util.List;

/** Small questions that shells and tools ask at start. */
final class InfoGuards {
  private InfoGuards() {}

  /** Of all parameters only the one that tells tools which features they may use. */
  static void getParameter(Draft draft) {
    if (!draft.has(Field.FEATURE_COMPATIBILITY_VERSION) || !Integers.is(draft.command())) {
      throw RefusedException.policy(RuleId.COMMAND, "getParameter");
    }
    String version = featureCompatibilityVersion(draft.upstreamWireVersion());
    draft.answer(
        Answers.ok(
            out ->
                out.startDocument("featureCompatibilityVersion").string("version", version).end()));
  }

  /** The answer to listCommands: names, in the form that shells expect. */
  static byte[] commandList(List<String> names) {
    return Answers.ok(
        out -> {
          out.startDocument("commands");
          for (String name : names) {
            out.startDocument(name).string("help", "").end();
          }
          out.end();
        });
  }

  /** The release that introduced a wire version; drivers' tables have the same pairs. */
  private static String featureCompatibilityVersion(int wireVersion) {
    if (wireVersion >= 25) {
      return "8.0";
    }
    if (wireVersion >= 21) {
      return "7.0";
    }
    if (wireVersion >= 17) {
      return "6.0";
    }
    return wireVersion >= 13 ? "5.0" : "4.4";
  }
}
