package io.bailiwick.policy.reply;

import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields that a document of a reply may keep, and how; all others are left out. */
final class FieldTable {
  private final Map<String, FieldRule> rules;
  private final NameTable<FieldRule> table;

  private FieldTable(Map<String, FieldRule> rules) {
    this.rules = rules;
    this.table = NameTable.of(rules);
  }

  static FieldTable of(FieldRule rule, String... names) {
    return new FieldTable(Map.of()).and(rule, names);
  }

  /** This table and some more fields. */
  FieldTable and(FieldRule rule, String... names) {
    Map<String, FieldRule> more = new LinkedHashMap<>(rules);
    for (String name : names) {
      more.put(name, rule);
    }
    return new FieldTable(more);
  }

  /** Copies what may be kept into the document that is open in {@code out}. */
  void copy(Elements source, ReplyContext context, BsonWriter out) {
    while (source.next()) {
      FieldRule rule = source.lookUp(table);
      if (rule != null) {
        rule.copy(source, context, out);
      }
    }
  }
}
