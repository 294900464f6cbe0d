package io.bailiwick.policy.model;

/** What a command does to a namespace; rules speak of effects, never of command names. */
public enum Effect {
  READ("read"),
  INSERT("insert"),
  UPDATE("update"),
  DELETE("delete"),
  DDL("ddl");

  private final String word;

  Effect(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}
