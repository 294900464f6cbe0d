package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.proxy.upstream.TruthReport.Finding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Compares what a policy says of its collections with what MongoDB has: a view, a collation of its
 * own or a reference collection with tenants' documents in it would carry data past the filter.
 * Collections that do not exist are fine. For the start, every now and then, and {@code check
 * --connect}.
 */
public final class TruthCheck {
  private static final int NAMESPACE_NOT_FOUND = 26;
  private static final int MAX_LOOK_MILLIS = 30_000;

  private final PairedGate gate;

  /**
   * @param gate the way to MongoDB; the check takes a connection of its own
   */
  public TruthCheck(PairedGate gate) {
    this.gate = gate;
  }

  /**
   * Looks at every collection that the policy lists.
   *
   * @return the report; fails if MongoDB cannot be reached, and then nothing is known
   */
  public CompletionStage<TruthReport> run(Policy policy) {
    Set<String> databases = new LinkedHashSet<>();
    policy.collections().forEach(rule -> databases.add(rule.database()));
    return gather(databases, database -> database(policy, database)).thenApply(TruthReport::new);
  }

  private CompletionStage<List<Finding>> database(Policy policy, String database) {
    List<CollectionRule> rules =
        policy.collections().stream().filter(rule -> rule.database().equals(database)).toList();
    return OwnList.read(gate.primary(), new OwnCommand.ListCollections(database))
        .thenCompose(
            list ->
                list.code() != 0
                    ? done(unknown(rules, "collections could not be listed", list.code()))
                    : gather(list.members(), listed -> collection(policy, rules, listed)));
  }

  private static List<Finding> unknown(List<CollectionRule> rules, String what, int code) {
    return rules.stream()
        .map(rule -> new Finding(rule, what + ": MongoDB answers with code " + code, true))
        .toList();
  }

  private CompletionStage<List<Finding>> collection(
      Policy policy, List<CollectionRule> rules, OwnReply listed) {
    String name = String.valueOf(listed.text("name"));
    return gather(
        rules.stream().filter(rule -> isMet(rule, name, policy.tenantType())).toList(),
        rule -> compare(policy, rule, name, listed));
  }

  private static boolean isMet(CollectionRule rule, String name, TenantType type) {
    return Pattern.of(rule.collection()).matches(name, type);
  }

  private CompletionStage<List<Finding>> compare(
      Policy policy, CollectionRule rule, String name, OwnReply listed) {
    List<Finding> lies = TruthRules.ofListing(policy, rule, listed);
    if (!lies.isEmpty()) {
      return done(lies);
    }
    return switch (rule.collectionClass()) {
      case SHARED -> indexes(policy, rule, name);
      case REFERENCE -> reference(policy, rule, name);
      case PRIVATE -> done(lies);
    };
  }

  private CompletionStage<List<Finding>> reference(
      Policy policy, CollectionRule rule, String name) {
    String field = policy.tenantField();
    return OwnList.read(
            gate.primary(), new OwnCommand.FindField(rule.database(), name, field, MAX_LOOK_MILLIS))
        .thenApply(
            list -> {
              if (list.code() != 0) {
                return unknown(List.of(rule), "could not be searched for " + field, list.code());
              }
              return list.members().isEmpty()
                  ? List.of()
                  : TruthRules.lie(
                      rule, "has documents with " + field + " (expected: none in a reference)");
            });
  }

  private CompletionStage<List<Finding>> indexes(Policy policy, CollectionRule rule, String name) {
    return OwnList.read(gate.primary(), new OwnCommand.ListIndexes(rule.database(), name))
        .thenApply(
            list -> {
              List<Finding> findings = new ArrayList<>();
              if (list.code() != 0 && list.code() != NAMESPACE_NOT_FOUND) {
                findings.add(
                    new Finding(rule, "indexes could not be listed: code " + list.code(), false));
              }
              list.members()
                  .forEach(index -> findings.addAll(TruthRules.ofIndex(policy, rule, index)));
              return findings;
            });
  }

  private static CompletionStage<List<Finding>> done(List<Finding> findings) {
    return CompletableFuture.completedStage(findings);
  }

  /** One stage after the other, their findings together. */
  static <T> CompletionStage<List<Finding>> gather(
      Iterable<T> items, Function<T, CompletionStage<List<Finding>>> look) {
    CompletionStage<List<Finding>> all = done(List.of());
    for (T item : items) {
      all =
          all.thenCompose(
              before ->
                  look.apply(item)
                      .thenApply(
                          more -> {
                            List<Finding> both = new ArrayList<>(before);
                            both.addAll(more);
                            return both;
                          }));
    }
    return all;
  }
}
