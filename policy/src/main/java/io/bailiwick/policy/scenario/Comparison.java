package io.bailiwick.policy.scenario;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares what became of a message with what was expected, and says how they differ. */
final class Comparison {
  private Comparison() {}

  /** Null if the expectation is met. */
  static @Nullable String difference(Expectation expectation, Judged judged) {
    Verdict verdict = judged.verdict();
    if (expectation instanceof Expectation.Forward expected
        && verdict instanceof Verdict.Forward forward) {
      return forwardDifference(expected, forward, judged.forwarded());
    }
    if (expectation instanceof Expectation.Unchanged && verdict instanceof Verdict.Forward) {
      return unchangedDifference(judged.sent(), judged.forwarded());
    }
    if (expectation instanceof Expectation.Answer expected
        && verdict instanceof Verdict.Answer answer) {
      String missing =
          Json.missing(RawDocument.of(expected.document()), RawDocument.of(answer.document()), "");
      return missing == null
          ? null
          : "expected: answer with "
              + Json.of(expected.document())
              + "\n     got: answer "
              + Json.of(answer.document())
              + "\n  differ: "
              + missing;
    }
    return isMet(expectation, verdict)
        ? null
        : "expected: " + shown(expectation) + "\n     got: " + shown(judged);
  }

  private static boolean isMet(Expectation expectation, Verdict verdict) {
    if (expectation instanceof Expectation.Local expected) {
      return verdict instanceof Verdict.Local local && local.local() == expected.command();
    }
    if (!(verdict instanceof Verdict.Deny deny)) {
      return false;
    }
    if (expectation instanceof Expectation.Deny expected) {
      return deny.rule().equals(expected.rule())
          && deny.closes() == expected.closes()
          && (expected.code() == null || expected.code() == deny.code().code());
    }
    return expectation instanceof Expectation.Close && deny.closes();
  }

  private static @Nullable String forwardDifference(
      Expectation.Forward expected, Verdict.Forward verdict, @Nullable OpMsg forwarded) {
    List<String> shadowedBy = expected.shadowedBy();
    if (shadowedBy != null && !shadowedBy.equals(verdict.shadowedBy())) {
      return "expected: shadowed by " + shadowedBy + "\n     got: " + verdict.shadowedBy();
    }
    byte[] body = expected.body();
    if (body == null || forwarded == null) {
      return null;
    }
    byte[] got = forwarded.body().toBytes();
    return Arrays.equals(body, got)
        ? sequenceDifference(expected.sequences(), sequences(forwarded))
        : Json.differing(body, got);
  }

  private static @Nullable String unchangedDifference(
      @Nullable OpMsg sent, @Nullable OpMsg forwarded) {
    if (sent == null || forwarded == null) {
      return "nothing was forwarded";
    }
    byte[] before = sent.body().toBytes();
    byte[] after = forwarded.body().toBytes();
    return Arrays.equals(before, after)
        ? sequenceDifference(sequences(sent), sequences(forwarded))
        : Json.differing(before, after);
  }

  private static @Nullable String sequenceDifference(
      Map<String, List<byte[]>> expected, Map<String, List<byte[]>> got) {
    if (!expected.keySet().equals(got.keySet())) {
      return "expected: sequences " + expected.keySet() + "\n     got: " + got.keySet();
    }
    for (Map.Entry<String, List<byte[]>> entry : expected.entrySet()) {
      List<byte[]> left = entry.getValue();
      List<byte[]> right = got.getOrDefault(entry.getKey(), List.of());
      if (left.size() != right.size()) {
        return "expected: "
            + left.size()
            + " documents in "
            + entry.getKey()
            + "\n     got: "
            + right.size();
      }
      for (int i = 0; i < left.size(); i++) {
        if (!Arrays.equals(left.get(i), right.get(i))) {
          return entry.getKey() + "[" + i + "]\n" + Json.differing(left.get(i), right.get(i));
        }
      }
    }
    return null;
  }

  private static Map<String, List<byte[]>> sequences(OpMsg message) {
    Map<String, List<byte[]>> sequences = new LinkedHashMap<>();
    for (int i = 0; i < message.sequenceCount(); i++) {
      List<byte[]> documents = new ArrayList<>();
      int at = message.sequenceDocumentsAt(i);
      while (at < message.sequenceEnd(i)) {
        RawDocument document = RawDocument.at(message.bytes(), at);
        documents.add(document.toBytes());
        at = document.end();
      }
      sequences.put(Json.identifier(message, i), documents);
    }
    return sequences;
  }

  private static String shown(Expectation expectation) {
    if (expectation instanceof Expectation.Deny deny) {
      return "deny "
          + deny.rule()
          + (deny.code() == null ? "" : " with code " + deny.code())
          + (deny.closes() ? " and close" : "");
    }
    if (expectation instanceof Expectation.Answer answer) {
      return "answer with " + Json.of(answer.document());
    }
    if (expectation instanceof Expectation.Local local) {
      return "local " + local.command();
    }
    if (expectation instanceof Expectation.Forward forward) {
      return forward.body() == null ? "forward" : "forward " + Json.of(forward.body());
    }
    return expectation instanceof Expectation.Unchanged ? "forward unchanged" : "close";
  }

  private static String shown(Judged judged) {
    Verdict verdict = judged.verdict();
    if (verdict instanceof Verdict.Deny deny) {
      return "deny "
          + deny.rule()
          + " with code "
          + deny.code().code()
          + (deny.closes() ? " and close" : "")
          + ": "
          + deny.detail();
    }
    if (verdict instanceof Verdict.Answer answer) {
      return "answer " + Json.of(answer.document());
    }
    if (verdict instanceof Verdict.Local local) {
      return "local " + local.local();
    }
    OpMsg forwarded = judged.forwarded();
    return "forward " + (forwarded == null ? "" : Json.of(forwarded.body().toBytes()));
  }
}
