package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.proxy.upstream.OwnCommand.CountTypes;
import io.bailiwick.proxy.upstream.TruthReport.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * Looks for documents of shared collections that belong to nobody, or to several: without the
 * tenant field, or with a value of another type in it. What it finds is no reason not to serve a
 * collection; it is what has to be cleaned up when a tenancy is introduced.
 */
public final class Survey {
  private static final int MAX_TIME_MS_EXPIRED = 50;
  private static final String OTHER = "another kind";
  private static final String ARRAY = "array";
  private static final List<String> NUMBERS = List.of("int", "double", "decimal");

  private final PairedGate gate;
  private final Bounds bounds;

  /**
   * What a look may cost.
   *
   * @param documents how many documents of each collection are looked at; 0 for all of them
   * @param time how long MongoDB may take for each collection, below a minute
   */
  public record Bounds(int documents, Duration time) {}

  /**
   * @param gate the way to MongoDB; the survey takes a connection of its own
   */
  public Survey(PairedGate gate, Bounds bounds) {
    this.gate = gate;
    this.bounds = bounds;
  }

  /** Looks at every shared collection of the policy, one after the other. */
  public CompletionStage<List<Finding>> run(Policy policy) {
    List<CollectionRule> shared =
        policy.collections().stream()
            .filter(rule -> rule.collectionClass() == CollectionClass.SHARED)
            .toList();
    return TruthCheck.gather(shared, rule -> look(policy, rule));
  }

  private CompletionStage<List<Finding>> look(Policy policy, CollectionRule rule) {
    OwnCommand question =
        new CountTypes(
            rule.database(),
            rule.collection(),
            policy.tenantField(),
            bounds.documents(),
            (int) bounds.time().toMillis());
    return OwnList.read(gate.primary(), question)
        .thenApply(
            list ->
                list.code() == 0
                    ? findings(policy, rule, counts(list.members(), policy.tenantType()))
                    : List.of(finding(rule, failure(list.code()))));
  }

  private String failure(int code) {
    return code == MAX_TIME_MS_EXPIRED
        ? "documents could not be looked at within "
            + bounds.time().toMillis()
            + " ms (expected: more time, or fewer documents)"
        : "documents could not be looked at: MongoDB answers with code " + code;
  }

  /** Documents by the type of their tenant field; in a policy of UUIDs, those apart. */
  private static Map<String, Long> counts(List<OwnReply> facets, TenantType tenants) {
    Map<String, Long> counts = new TreeMap<>();
    for (OwnReply facet : facets) {
      TypeCounts.TYPES.keySet().forEach(type -> counts.put(type, count(facet, type)));
      counts.put(TypeCounts.MISSING, count(facet, TypeCounts.MISSING));
      long named = counts.values().stream().mapToLong(Long::longValue).sum();
      counts.put(OTHER, count(facet, TypeCounts.ALL) - named);
      if (tenants == TenantType.UUID) {
        long uuids = count(facet, TypeCounts.UUID);
        counts.put(TypeCounts.UUID, uuids);
        counts.merge("binData", -uuids, Long::sum);
      }
    }
    counts.values().removeIf(count -> count == 0);
    return counts;
  }

  private static long count(OwnReply facet, String name) {
    return facet.number(name, "0", "n");
  }

  private static List<Finding> findings(
      Policy policy, CollectionRule rule, Map<String, Long> counts) {
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    List<Finding> findings = new ArrayList<>();
    counts.forEach(
        (type, count) -> {
          if (!type.equals(nameOf(policy.tenantType()))) {
            String looked = count + " of " + all + " documents looked at ";
            findings.add(finding(rule, looked + said(type, policy)));
          }
        });
    return findings;
  }

  private static Finding finding(CollectionRule rule, String what) {
    return new Finding(rule, what, false);
  }

  /** As MongoDB's {@code $type} calls it. */
  private static String nameOf(TenantType type) {
    return switch (type) {
      case OBJECT_ID -> "objectId";
      case UUID -> TypeCounts.UUID;
      case INT64 -> "long";
      case STRING -> "string";
    };
  }

  private static String said(String type, Policy policy) {
    String field = policy.tenantField();
    String expected = " (expected: " + policy.tenantType().word() + " in each)";
    if (type.equals(TypeCounts.MISSING)) {
      return "have no " + field + ": no tenant reaches them" + expected;
    }
    if (type.equals(ARRAY)) {
      return "have an array as "
          + field
          + ": every tenant in it can change them, and reading them raises an alarm"
          + expected;
    }
    String what = "have a value of type " + type + " as " + field;
    return policy.tenantType() == TenantType.INT64 && NUMBERS.contains(type)
        ? what + ": they count as those of the tenant whose number is equal" + expected
        : what + ": no tenant reaches them" + expected;
  }
}
