package io.bailiwick.policy.model;

/** Where something stands in a file an operator wrote; lines and columns count from 1. */
public record Place(String file, int line, int column) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
