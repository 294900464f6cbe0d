package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What there is, as far as the policy tells this principal: listDatabases, listCollections and
 * listIndexes. MongoDB is not asked, so neither sizes nor ids nor definitions of others come out.
 */
final class ListingGuards {
  private static final Map<String, Object> ID_KEY = Map.of("_id", 1);

  private ListingGuards() {}

  static void listDatabases(Draft draft) {
    if (!draft.namespace().databaseIs("admin")) {
      throw RefusedException.policy(RuleId.NAMESPACE, "listDatabases is a command of admin");
    }
    Listing listing = Listing.of(draft);
    draft.answer(
        Answers.ok(
            out -> {
              out.startArray("databases");
              int i = 0;
              for (String database : draft.policy().databases()) {
                if (listing.shows(database)) {
                  database(out, Integer.toString(i++), database, listing.nameOnly());
                }
              }
              out.end();
              if (!listing.nameOnly()) {
                out.int64("totalSize", 0).int64("totalSizeMb", 0);
              }
            }));
  }

  private static void database(BsonWriter out, String position, String name, boolean nameOnly) {
    out.startDocument(position).string("name", name);
    if (!nameOnly) {
      out.int64("sizeOnDisk", 0).bool("empty", false);
    }
    out.end();
  }

  static void listCollections(Draft draft) {
    String database = draft.namespace().listedDatabase();
    Listing listing = Listing.of(draft);
    draft.answer(
        Answers.cursor(
            database + ".$cmd.listCollections",
            out -> {
              int i = 0;
              for (CollectionAccess access : draft.policy().collections()) {
                String name = access.namespace().collection();
                if (access.namespace().database().equals(database) && listing.shows(name)) {
                  collection(out, Integer.toString(i++), name, listing.nameOnly());
                }
              }
            }));
  }

  private static void collection(BsonWriter out, String position, String name, boolean nameOnly) {
    out.startDocument(position).string("name", name).string("type", "collection");
    if (!nameOnly) {
      out.startDocument("options").end();
      out.startDocument("info").bool("readOnly", false).end();
      Answers.index(out, "idIndex", "_id_", ID_KEY);
    }
    out.end();
  }

  static void listIndexes(Draft draft) {
    CollectionAccess access = draft.namespace().collection();
    draft.answer(
        Answers.cursor(
            access.namespace().toString(),
            out -> {
              Answers.index(out, "0", "_id_", ID_KEY);
              int i = 1;
              for (IndexSpec index : access.indexes()) {
                Answers.index(out, Integer.toString(i++), index.name(), index.key());
              }
            }));
  }

  /** What a client wants to see of a list: one name or all, names only or more. */
  private record Listing(@Nullable String name, boolean nameOnly) {
    static Listing of(Draft draft) {
      String name = null;
      boolean nameOnly = false;
      while (draft.next()) {
        if (draft.field() == Field.FILTER) {
          name = nameIn(draft.element());
        } else if (draft.field() == Field.NAME_ONLY) {
          nameOnly = draft.element().bool();
        }
      }
      return new Listing(name, nameOnly);
    }

    boolean shows(String candidate) {
      return name == null || name.equals(candidate);
    }

    private static @Nullable String nameIn(Elements filter) {
      Elements condition = new Elements(filter.bytes(), filter.valueStart());
      if (!condition.next()) {
        return null;
      }
      if (!condition.nameIs("name") || condition.type() != BsonType.STRING) {
        throw refusedFilter();
      }
      String name = condition.string();
      if (condition.next()) {
        throw refusedFilter();
      }
      return name;
    }

    private static RefusedException refusedFilter() {
      return RefusedException.policy(RuleId.OPTION_VALUE, "filter takes {name: <string>} only");
    }
  }
}
