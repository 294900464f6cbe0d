package io.bailiwick.policy.model;

/**
 * Who owns the documents of a collection. A collection that no policy lists has no class at all.
 */
public enum CollectionClass {
  /** Every document carries the tenant field: filtered, stamped and guarded. */
  SHARED("shared"),
  /** No document carries the tenant field: everyone reads, no one writes. */
  REFERENCE("reference"),
  /** The whole collection belongs to one tenant; its name says which. */
  PRIVATE("private");

  private final String word;

  CollectionClass(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}
