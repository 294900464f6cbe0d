package io.bailiwick.proxy.audit;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.model.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Renders a record as one JSON object on one line, in one of the known schemas. */
abstract sealed class LineFormat permits FlatFormat, OcsfFormat {
  private static final int HASH_DIGITS = 16;

  private final Keyed keyed;

  LineFormat(Keyed keyed) {
    this.keyed = keyed;
  }

  /** The whole line, without its end. */
  abstract String render(AuditRecord record);

  /** The shape as text, kept values as the first digits of their hash; null if there is none. */
  final @Nullable String shape(AuditRecord record) {
    CommandShape shape = record.what().shape();
    if (shape == null || shape.values().isEmpty()) {
      return shape == null ? null : shape.text();
    }
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int i = 0; i < shape.text().length(); i++) {
      char c = shape.text().charAt(i);
      if (c == CommandShape.HASH) {
        String hash = keyed.hex(shape.values().get(next++));
        out.append('#').append(hash, 0, HASH_DIGITS);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Where the policy's rule stands, or else the collection's entry; null if neither is known. */
  static @Nullable String place(AuditRecord record) {
    BoundPolicy policy = record.asked().policy();
    if (policy == null) {
      return null;
    }
    AuditRecord.Ruling ruling = record.ruling();
    Place place = ruling == null ? null : rulePlace(policy, ruling.rule());
    if (place == null) {
      place = collectionPlace(policy, record.what());
    }
    return place == null ? null : place.toString();
  }

  private static @Nullable Place rulePlace(BoundPolicy policy, String rule) {
    return policy.policy().rules().stream()
        .filter(each -> each.name().equals(rule))
        .map(EffectRule::place)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Place collectionPlace(BoundPolicy policy, AuditRecord.What what) {
    return policy.policy().collections().stream()
        .filter(rule -> rule.database().equals(what.database()))
        .filter(rule -> rule.collection().equals(what.collection()))
        .map(CollectionRule::place)
        .findFirst()
        .orElse(null);
  }

  static @Nullable String notes(List<String> notes) {
    return notes.isEmpty() ? null : String.join("; ", notes);
  }
}
