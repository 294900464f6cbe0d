package io.bailiwick.proxy.audit;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.proxy.observe.JsonLine;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One level of fields, named as in log, errors and docs. */
final class FlatFormat extends LineFormat {
  FlatFormat(Keyed keyed) {
    super(keyed);
  }

  @Override
  String render(AuditRecord record) {
    AuditRecord.Asked asked = record.asked();
    AuditRecord.What what = record.what();
    BoundPolicy policy = asked.policy();
    JsonLine line =
        new JsonLine()
            .put("logger", "audit")
            .put("time", asked.at().toString())
            .put("decision", record.kind().word())
            .put("decision_id", asked.decisionId())
            .put("connection_id", asked.connectionId())
            .put("principal", policy == null ? null : policy.principal().entry())
            .put("tenant", policy == null ? null : policy.tenant().text())
            .put("src", source(asked.source()))
            .put("policy_hash", policy == null ? null : policy.policy().hash())
            .put("command", what.command())
            .putUnlisted("db", what.database());
    if (what.collection() != null) {
      line.putUnlisted("coll", what.collection());
    }
    AuditRecord.Ruling ruling = record.ruling();
    if (ruling != null) {
      line.put("rule", ruling.rule())
          .put("type", ruling.type())
          .put("code", ruling.code())
          .putUnlisted("detail", ruling.detail());
    }
    AuditRecord.Ended ended = record.ended();
    if (ended != null) {
      line.put("duration_us", ended.micros());
      if (ended.upstreamCode() != null) {
        line.put("upstream_code", ended.upstreamCode());
      }
    }
    putIfKnown(line, "trace_id", asked.traceId());
    putIfKnown(line, "place", place(record));
    putIfKnown(line, "shape", shape(record));
    putIfKnown(line, "trace", notes(record.notes()));
    return line.put("mode", record.kind().mode()).end();
  }

  private static void putIfKnown(JsonLine line, String name, @Nullable String value) {
    if (value != null) {
      line.put(name, value);
    }
  }

  static @Nullable String source(@Nullable InetSocketAddress address) {
    return address == null ? null : address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
