package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code collections:}: the namespaces that may be named at all, and who owns them. */
final class CollectionsSection {
  static final List<String> KEYS = List.of("class", "indexes");

  private static final Map<String, CollectionClass> CLASSES =
      Words.of(CollectionClass.values(), CollectionClass::word);

  private CollectionsSection() {}

  static void read(YamlField collections, Generation generation) {
    YamlMap map = collections.map();
    for (YamlMap.Entry entry : map.entries()) {
      YamlField key = entry.key().field();
      CollectionClass collectionClass = collectionClass(entry.value().field());
      List<IndexSpec> indexes = indexes(entry.value().field(), collectionClass, generation);
      String spelling = entry.key().text();
      int dot = NamespaceSpelling.check(key, generation.tenantType());
      if (dot < 0 || collectionClass == null || !generation.isFirst(spelling, key)) {
        continue;
      }
      CollectionRule rule =
          new CollectionRule(
              spelling.substring(0, dot),
              spelling.substring(dot + 1),
              collectionClass,
              indexes,
              key.place());
      checkTemplate(rule, key);
      checkMeetings(rule, key, generation);
      generation.collections().put(spelling, rule);
    }
  }

  private static @Nullable CollectionClass collectionClass(YamlField value) {
    if (value.node() instanceof YamlMap map) {
      map.allow(KEYS);
      return map.field("class").required().word(CLASSES);
    }
    return value.word(CLASSES);
  }

  private static List<IndexSpec> indexes(
      YamlField value, @Nullable CollectionClass collectionClass, Generation generation) {
    if (!(value.node() instanceof YamlMap map) || !map.has("indexes")) {
      return List.of();
    }
    YamlField field = map.field("indexes");
    if (collectionClass != null && collectionClass != CollectionClass.SHARED) {
      field.fail(ProblemCode.CONFLICT, "indexes only for class shared");
    }
    return IndexEntries.read(field, generation.tenantField());
  }

  /** A private collection is one per tenant, and its name says whose; others have one name. */
  private static void checkTemplate(CollectionRule rule, YamlField key) {
    boolean template = Pattern.of(rule.collection()).captures();
    boolean isPrivate = rule.collectionClass() == CollectionClass.PRIVATE;
    if (isPrivate && !template) {
      key.fail(ProblemCode.BAD_VALUE, "a private collection with ${tenant} in its name");
    }
    if (template && !isPrivate) {
      key.fail(ProblemCode.BAD_VALUE, "${tenant} only in the name of a private collection");
    }
  }

  private static void checkMeetings(CollectionRule rule, YamlField key, Generation generation) {
    TenantType type = generation.tenantType();
    for (CollectionRule other : generation.collections().values()) {
      if (!other.database().equalsIgnoreCase(rule.database())) {
        continue;
      }
      if (!other.database().equals(rule.database())) {
        key.fail(
            ProblemCode.AMBIGUOUS_COLLECTION,
            "one spelling of a database; " + other.database() + " stands at " + other.place());
        return;
      }
      if (type != null && canMeet(rule, other, type)) {
        key.fail(
            ProblemCode.AMBIGUOUS_COLLECTION,
            "a name that cannot be taken for " + other.spelling() + " at " + other.place());
      }
    }
  }

  private static boolean canMeet(CollectionRule a, CollectionRule b, TenantType type) {
    return Meeting.possible(
        Pattern.of(a.collection()), Pattern.of(b.collection()), type, Meeting.Spelling.CANONICAL);
  }
}
