package io.bailiwick.policy.model;

import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.NameTable;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One generation of the policy as it holds for one principal, compiled once at login: every
 * namespace it may name, and the bytes that put its tenant into a command. Immutable, shared
 * between threads.
 */
public final class BoundPolicy {
  private final Policy policy;
  private final Principal principal;
  private final NameTable<NameTable<CollectionAccess>> databases;
  private final List<CollectionAccess> collections;
  private final byte[] predicateDocument;
  private final byte[] guardCondition;
  private final byte[] stampElement;
  private final byte[] stampStage;
  private final byte[] fieldName;

  BoundPolicy(Policy policy, Principal principal, List<CollectionAccess> collections) {
    this.policy = policy;
    this.principal = principal;
    this.collections = List.copyOf(collections);
    Map<String, Map<String, CollectionAccess>> byDatabase = new LinkedHashMap<>();
    for (CollectionAccess access : collections) {
      byDatabase
          .computeIfAbsent(access.namespace().database(), any -> new LinkedHashMap<>())
          .put(access.namespace().collection(), access);
    }
    Map<String, NameTable<CollectionAccess>> tables = new LinkedHashMap<>();
    byDatabase.forEach((database, table) -> tables.put(database, NameTable.of(table)));
    this.databases = NameTable.of(tables);
    this.fieldName = Bytes.utf8(policy.tenantField());
    this.predicateDocument = predicate();
    this.guardCondition = guard();
    this.stampElement = stamp();
    this.stampStage = stampingStage();
  }

  public Policy policy() {
    return policy;
  }

  public Principal principal() {
    return principal;
  }

  public TenantValue tenant() {
    return principal.tenant();
  }

  /** Name of the tenant field; top level, one component. */
  public String tenantField() {
    return policy.tenantField();
  }

  /** The tenant field's name as bytes; not to be changed. */
  public byte[] tenantFieldBytes() {
    return fieldName;
  }

  /** The namespace as this principal may use it, or null if it may not know of it. */
  public @Nullable CollectionAccess access(
      byte[] bytes, int databaseFrom, int databaseTo, int collectionFrom, int collectionTo) {
    NameTable<CollectionAccess> table = databases.get(bytes, databaseFrom, databaseTo);
    return table == null ? null : table.get(bytes, collectionFrom, collectionTo);
  }

  public @Nullable CollectionAccess access(String database, String collection) {
    NameTable<CollectionAccess> table = databases.get(database);
    return table == null ? null : table.get(collection);
  }

  /** Every namespace this principal may name, in the order of the policy. */
  public List<CollectionAccess> collections() {
    return collections;
  }

  /** Every database this principal may name. */
  public Collection<String> databases() {
    return databases.entries().keySet();
  }

  /** The document {@code {TF: {$eq: T}}}; not to be changed. */
  public byte[] predicateDocument() {
    return predicateDocument;
  }

  /**
   * The expression {@code {$eq: ["$$ROOT.TF", {$literal: T}]}}, true of this tenant's documents;
   * not to be changed. Read off {@code $$ROOT}, whose fields no optimizer renames.
   */
  public byte[] guardCondition() {
    return guardCondition;
  }

  /** The element {@code TF: T}, to stand in a stored document or a {@code $setOnInsert}. */
  public byte[] stampElement() {
    return stampElement;
  }

  /** The stage {@code {$set: {TF: {$literal: T}}}}, to end the pipeline of an update. */
  public byte[] stampStage() {
    return stampStage;
  }

  private byte[] stampingStage() {
    BsonWriter out = new BsonWriter().startDocument();
    out.startDocument("$set").startDocument(tenantField());
    return tenant().write(out, "$literal").end().end().end().toBytes();
  }

  private byte[] stamp() {
    BsonWriter out = new BsonWriter().startDocument();
    tenant().write(out, tenantField()).end();
    return Arrays.copyOfRange(out.array(), 4, out.size() - 1);
  }

  private byte[] guard() {
    BsonWriter out = new BsonWriter().startDocument().startArray("$eq");
    out.string("0", "$$ROOT." + tenantField()).startDocument("1");
    return tenant().write(out, "$literal").end().end().end().toBytes();
  }

  private byte[] predicate() {
    BsonWriter out = new BsonWriter().startDocument().startDocument(tenantField());
    return tenant().write(out, "$eq").end().end().toBytes();
  }
}
