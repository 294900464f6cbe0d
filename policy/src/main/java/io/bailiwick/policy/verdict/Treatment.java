package io.bailiwick.policy.verdict;

/** How an expression in a filter is kept from telling something about others' documents. */
public enum Treatment {
  /** Cannot fail on any document: as written. */
  TOTAL("total", "cannot fail on any document; as written"),
  /** Evaluated on this tenant's documents only, by the tenant field. */
  GUARDED("guarded", "guarded by the tenant field"),
  /** Behind a stage that no filter is moved across. */
  BARRED("barred", "barred: it could fail and the tenant field may be gone"),
  /** No document of another tenant can reach it: as written. */
  UNSHARED("unshared", "sees no document of another tenant; as written");

  private final String word;
  private final String why;

  Treatment(String word, String why) {
    this.word = word;
    this.why = why;
  }

  /** Bounded, safe as a metric label. */
  public String word() {
    return word;
  }

  /** What is noted in a trace. */
  public String why() {
    return why;
  }
}
