package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.proxy.upstream.TruthReport.Finding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a listed collection and its indexes must be for the policy to hold. */
final class TruthRules {
  private TruthRules() {}

  /** Looks at one member of listCollections. */
  static List<Finding> ofListing(Policy policy, CollectionRule rule, OwnReply listed) {
    String type = listed.text("type");
    if ("timeseries".equals(type)) {
      return isLedByTenant(policy, rule, listed)
          ? List.of()
          : lie(
              rule,
              "is of type timeseries (expected: collection, or in class shared a time series with"
                  + " metaField "
                  + policy.tenantField()
                  + ")");
    }
    if (!"collection".equals(type)) {
      return lie(rule, "is of type " + type + " (expected: collection)");
    }
    if (rule.collectionClass() == CollectionClass.SHARED
        && policy.tenantType() == TenantType.STRING
        && hasCollation(listed)) {
      return lie(rule, "has a default collation (expected: simple, since tenants are strings)");
    }
    return List.of();
  }

  /**
   * True if each bucket of a shared time series holds one tenant's measurements only: a bucket is
   * filtered by its metadata before it is unpacked.
   */
  private static boolean isLedByTenant(Policy policy, CollectionRule rule, OwnReply listed) {
    @Nullable Elements options = listed.find("options");
    if (rule.collectionClass() != CollectionClass.SHARED
        || options == null
        || options.type() != BsonType.DOCUMENT
        || policy.tenantType() == TenantType.STRING && hasCollation(listed)) {
      return false;
    }
    @Nullable Elements series = listed.find("options", "timeseries");
    @Nullable Elements meta =
        series == null || series.type() != BsonType.DOCUMENT
            ? null
            : listed.find("options", "timeseries", "metaField");
    return meta != null
        && meta.type() == BsonType.STRING
        && meta.string().equals(policy.tenantField());
  }

  private static boolean hasCollation(OwnReply listed) {
    @Nullable Elements options = listed.find("options");
    if (options == null || options.type() != BsonType.DOCUMENT) {
      return false;
    }
    @Nullable Elements locale =
        listed.find("options", "collation") == null
            ? null
            : listed.find("options", "collation", "locale");
    return locale != null
        && (locale.type() != BsonType.STRING || !locale.string().equals("simple"));
  }

  /** Looks at one member of listIndexes. */
  static List<Finding> ofIndex(Policy policy, CollectionRule rule, OwnReply index) {
    List<Finding> findings = new ArrayList<>();
    String name = String.valueOf(index.text("name"));
    List<String> key = keyOf(index);
    boolean led = !key.isEmpty() && key.get(0).equals(policy.tenantField());
    if (index.isTrue("unique") && !led) {
      findings.add(
          new Finding(
              rule,
              "unique index "
                  + name
                  + " is not led by "
                  + policy.tenantField()
                  + ": tenants can tell what others have",
              false));
    }
    for (IndexSpec listed : rule.indexes()) {
      if (listed.name().equals(name) && !List.copyOf(listed.key().keySet()).equals(key)) {
        findings.add(new Finding(rule, "index " + name + " has another key than listed", false));
      }
    }
    return findings;
  }

  private static List<String> keyOf(OwnReply index) {
    List<String> names = new ArrayList<>();
    @Nullable Elements key = index.find("key");
    if (key != null && key.type() == BsonType.DOCUMENT) {
      Elements fields = key.inside();
      while (fields.next()) {
        names.add(fields.name());
      }
    }
    return names;
  }

  static List<Finding> lie(CollectionRule rule, String what) {
    return List.of(new Finding(rule, what, true));
  }
}
