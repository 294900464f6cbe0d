package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlList;
import io.bailiwick.policy.yaml.YamlMap;
import java.time.LocalDate;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code rules:}: what narrows the collections. Nothing in them allows anything. */
final class RulesSection {
  static final List<String> KEYS =
      List.of("name", "collections", "principals", "deny", "mode", "until");

  private static final Map<String, Effect> EFFECTS = Words.of(Effect.values(), Effect::word);

  private enum Mode {
    ENFORCE,
    SHADOW
  }

  private static final Map<String, Mode> MODES = Words.lowerCase(Mode.values());

  private RulesSection() {}

  static void read(YamlField rules, Generation generation) {
    for (YamlField item : rules.items()) {
      YamlMap map = item.map();
      map.allow(KEYS);
      String name = name(map.field("name"));
      Set<String> collections =
          references(map.field("collections"), generation.collections().keySet(), "a collection");
      Set<String> principals =
          references(map.field("principals"), generation.principals().keySet(), "a principal");
      boolean shadow = map.field("mode").word(Mode.ENFORCE, MODES) == Mode.SHADOW;
      LocalDate until = until(map, shadow, generation.today());
      EffectRule rule =
          new EffectRule(
              name,
              collections,
              principals,
              effects(map.field("deny")),
              shadow,
              until,
              map.place());
      if (!name.isEmpty() && generation.isFirst("rule " + name, map.field("name"))) {
        generation.rules().put(name, rule);
      }
    }
  }

  /** A denial names its rule, so a rule cannot be called like one of those built in. */
  private static String name(YamlField field) {
    String name = Words.name(field);
    if (RuleId.ALL.contains(name)) {
      field.fail(ProblemCode.BAD_VALUE, "another name; this is a rule that is built in");
    }
    return name;
  }

  /** Absent means all; an empty list would too, so it is refused as a likely slip. */
  private static Set<String> references(YamlField field, Collection<String> known, String what) {
    Set<String> names = new LinkedHashSet<>();
    for (YamlField item : nonEmpty(field)) {
      String name = item.text();
      if (name == null) {
        continue;
      }
      if (!known.contains(name)) {
        item.fail(ProblemCode.UNKNOWN_REFERENCE, what + " that the policy lists", known);
      } else if (!names.add(name)) {
        item.fail(ProblemCode.DUPLICATE_NAME, "each name once");
      }
    }
    return names;
  }

  private static Set<Effect> effects(YamlField field) {
    Set<Effect> effects = EnumSet.noneOf(Effect.class);
    for (YamlField item : nonEmpty(field.required())) {
      Effect effect = item.word(EFFECTS);
      if (effect != null && !effects.add(effect)) {
        item.fail(ProblemCode.DUPLICATE_NAME, "each effect once");
      }
    }
    return effects;
  }

  private static List<YamlField> nonEmpty(YamlField field) {
    List<YamlField> items = field.items();
    if (items.isEmpty() && field.node() instanceof YamlList) {
      field.fail(ProblemCode.BAD_VALUE, "at least one item");
    }
    return items;
  }

  private static @Nullable LocalDate until(YamlMap map, boolean shadow, @Nullable LocalDate today) {
    YamlField field = map.field("until");
    LocalDate until = field.date();
    if (shadow && !field.isPresent()) {
      field.fail(ProblemCode.MISSING_KEY, "the day from which a shadow rule is enforced");
    }
    if (!shadow && field.isPresent()) {
      field.fail(ProblemCode.CONFLICT, "until only together with mode: shadow");
    }
    if (shadow && until != null && today != null && !today.isBefore(until)) {
      field.fail(
          ProblemCode.SHADOW_ENDED,
          "a day to come; the rule is enforced since then, so remove mode and until");
    }
    return until;
  }
}
