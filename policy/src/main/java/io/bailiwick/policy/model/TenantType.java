package io.bailiwick.policy.model;

import io.bailiwick.protocol.bson.BsonType;

/** The one BSON type that tenant values have in a policy, as {@code tenancy.type} spells it. */
public enum TenantType {
  OBJECT_ID("objectId", BsonType.OBJECT_ID),
  UUID("uuid", BsonType.BINARY),
  INT64("int64", BsonType.INT64),
  STRING("string", BsonType.STRING);

  private final String word;
  private final byte bsonType;

  TenantType(String word, byte bsonType) {
    this.word = word;
    this.bsonType = bsonType;
  }

  /** The word used in policy files, errors and docs. */
  public String word() {
    return word;
  }

  public byte bsonType() {
    return bsonType;
  }
}
