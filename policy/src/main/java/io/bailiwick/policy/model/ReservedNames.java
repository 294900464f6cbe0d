package io.bailiwick.policy.model;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Databases and collections that belong to MongoDB itself; no policy gives them to a tenant. */
public final class ReservedNames {
  private static final Set<String> DATABASES = Set.of("admin", "local", "config", "$external");
  private static final List<String> COLLECTION_PREFIXES =
      List.of("system.", "enxcol_.", "fle2.", "tmp.agg_out.", "tmp.create_index.");

  private ReservedNames() {}

  public static boolean reserves(Namespace namespace) {
    return reservesDatabase(namespace.database()) || reservesCollection(namespace.collection());
  }

  /** Case is ignored: MongoDB does not let two databases differ only by case. */
  public static boolean reservesDatabase(String database) {
    return DATABASES.contains(database.toLowerCase(Locale.ROOT));
  }

  public static boolean reservesCollection(String collection) {
    return collection.indexOf('$') >= 0
        || COLLECTION_PREFIXES.stream().anyMatch(collection::startsWith);
  }
}
