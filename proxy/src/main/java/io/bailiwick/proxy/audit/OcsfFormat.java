package io.bailiwick.proxy.audit;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.proxy.audit.AuditRecord.Kind;
import io.bailiwick.proxy.observe.Build;
import io.bailiwick.proxy.observe.JsonLine;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Datastore Activity (class 6005) of the Open Cybersecurity Schema Framework, version 1.4. */
final class OcsfFormat extends LineFormat {
  private static final int CLASS = 6005;
  private static final int CATEGORY = 6;
  private static final int MICROS_IN_MILLI = 1000;

  OcsfFormat(Keyed keyed) {
    super(keyed);
  }

  @Override
  String render(AuditRecord record) {
    int activity = activity(record.what().command());
    boolean blocked = record.kind() == Kind.DENIED || record.kind() == Kind.ALARM;
    JsonLine line =
        new JsonLine()
            .put("class_uid", CLASS)
            .put("category_uid", CATEGORY)
            .put("activity_id", activity)
            .put("type_uid", CLASS * 100L + activity)
            .put("time", record.asked().at().toEpochMilli())
            .put("severity_id", severity(record.kind()))
            .put("action_id", blocked ? 2 : 1)
            .put("disposition_id", blocked ? 2 : 1)
            .put("status_id", blocked ? 2 : 1)
            .put("is_alert", record.kind() == Kind.ALARM);
    AuditRecord.Ended ended = record.ended();
    if (ended != null) {
      line.put("duration", ended.micros() / MICROS_IN_MILLI);
    }
    metadata(line, record);
    actor(line, record);
    target(line, record);
    ruling(line, record);
    unmapped(line, record);
    return line.end();
  }

  /** Create 6, Delete 7, List 8, Write 5, Update 2, Query 4; 99 for anything else. */
  private static int activity(String command) {
    return switch (command) {
      case "find", "aggregate", "count", "distinct", "getMore", "explain" -> 4;
      case "insert", "bulkWrite" -> 5;
      case "update", "findAndModify" -> 2;
      case "delete", "drop", "dropDatabase", "dropIndexes" -> 7;
      case "create", "createIndexes" -> 6;
      case "listCollections", "listDatabases", "listIndexes" -> 8;
      default -> 99;
    };
  }

  private static int severity(Kind kind) {
    return switch (kind) {
      case ALLOWED -> 1;
      case SHADOW_DENIED -> 2;
      case DENIED -> 3;
      case ALARM -> 5;
    };
  }

  private static void metadata(JsonLine line, AuditRecord record) {
    line.open("metadata").put("version", "1.4.0").put("uid", record.asked().decisionId());
    if (record.asked().traceId() != null) {
      line.put("correlation_uid", record.asked().traceId());
    }
    line.put("log_name", "audit")
        .open("product")
        .put("name", "Bailiwick")
        .put("vendor_name", "Bailiwick")
        .put("version", Build.current().version())
        .close()
        .close();
  }

  private static void actor(JsonLine line, AuditRecord record) {
    BoundPolicy policy = record.asked().policy();
    line.open("actor").open("user").put("name", policy == null ? null : policy.principal().entry());
    if (policy != null) {
      line.open("org").put("uid", policy.tenant().text()).close();
    }
    line.close()
        .open("session")
        .put("uid", Long.toString(record.asked().connectionId()))
        .close()
        .close();
    @Nullable InetSocketAddress source = record.asked().source();
    line.open("src_endpoint");
    if (source != null) {
      line.put("ip", source.getAddress().getHostAddress()).put("port", source.getPort());
    }
    line.close();
  }

  private void target(JsonLine line, AuditRecord record) {
    AuditRecord.What what = record.what();
    line.open("database").putUnlisted("name", what.database()).put("type_id", 1).close();
    if (what.collection() != null) {
      line.open("table").putUnlisted("name", what.collection()).close();
    }
    String shape = shape(record);
    line.open("query_info").put("name", what.command());
    line.put("query_string", shape == null ? what.command() : shape).close();
  }

  private static void ruling(JsonLine line, AuditRecord record) {
    AuditRecord.Ruling ruling = record.ruling();
    BoundPolicy policy = record.asked().policy();
    if (ruling != null) {
      line.put("status_code", Integer.toString(ruling.code()))
          .putUnlisted("status_detail", ruling.detail())
          .open("firewall_rule")
          .put("name", ruling.rule())
          .put("type", ruling.type())
          .close();
    }
    if (policy != null) {
      line.open("policy")
          .put("name", policy.policy().name())
          .put("uid", policy.policy().hash())
          .put("is_applied", record.kind() != Kind.SHADOW_DENIED)
          .close();
    }
  }

  private static void unmapped(JsonLine line, AuditRecord record) {
    line.open("unmapped").put("decision", record.kind().word());
    String place = place(record);
    if (place != null) {
      line.put("place", place);
    }
    AuditRecord.Ended ended = record.ended();
    if (ended != null) {
      line.put("duration_us", ended.micros());
      if (ended.upstreamCode() != null) {
        line.put("upstream_code", ended.upstreamCode());
      }
    }
    String notes = notes(record.notes());
    if (notes != null) {
      line.put("trace", notes);
    }
    line.close();
  }
}
