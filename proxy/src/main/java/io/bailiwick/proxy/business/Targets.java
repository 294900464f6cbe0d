package io.bailiwick.proxy.business;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The series that what is done to each collection of one write counts for. */
final class Targets {
  static final List<Effect> COUNTED = List.of(Effect.INSERT, Effect.UPDATE, Effect.DELETE);

  private final List<Map<Effect, List<Series>>> byCollection;

  private Targets(List<Map<Effect, List<Series>>> byCollection) {
    this.byCollection = byCollection;
  }

  /** Null if nothing is declared for any of the collections. */
  static @Nullable Targets of(
      List<CollectionAccess> touched,
      Function<io.bailiwick.policy.model.BusinessMetric, Series> series) {
    boolean any = false;
    for (int i = 0; i < touched.size(); i++) {
      any |= !touched.get(i).metrics().isEmpty();
    }
    return any
        ? new Targets(touched.stream().map(access -> byEffect(access, series)).toList())
        : null;
  }

  private static Map<Effect, List<Series>> byEffect(
      CollectionAccess access, Function<io.bailiwick.policy.model.BusinessMetric, Series> series) {
    Map<Effect, List<Series>> table = new EnumMap<>(Effect.class);
    for (Effect effect : COUNTED) {
      table.put(
          effect,
          access.metrics().stream().filter(metric -> metric.when() == effect).map(series).toList());
    }
    return table;
  }

  int count() {
    return byCollection.size();
  }

  List<Series> of(int target, Effect effect) {
    return byCollection.get(target).getOrDefault(effect, List.of());
  }

  /** For each collection, what counts its inserts. */
  List<List<Series>> inserts() {
    return byCollection.stream()
        .map(table -> table.getOrDefault(Effect.INSERT, List.of()))
        .toList();
  }
}
