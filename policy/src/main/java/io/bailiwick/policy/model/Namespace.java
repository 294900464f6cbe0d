package io.bailiwick.policy.model;

/** A database and a collection in it; compared byte for byte, as MongoDB does. */
public record Namespace(String database, String collection) {
  /** The form MongoDB writes: {@code database.collection}. */
  @Override
  public String toString() {
    return database + "." + collection;
  }
}
