package io.bailiwick.policy.yaml;

/**
 * Kinds of mistakes in files an operator writes. The ids are stable: scripts and the documentation
 * may rely on them; a new kind gets a new id. P is an error, W a warning that stops nothing.
 */
public enum ProblemCode {
  /** The file is missing, unreadable, too large, empty, not UTF-8 or starts with a BOM. */
  UNREADABLE("P001"),
  /** Not YAML. */
  SYNTAX("P002"),
  /** YAML that is not accepted here: anchors, aliases, tags, several documents, deep nesting. */
  UNSUPPORTED_YAML("P003"),
  DUPLICATE_KEY("P004"),
  UNKNOWN_KEY("P005"),
  MISSING_KEY("P006"),
  /** A map, a list or a scalar where another of the three is expected. */
  WRONG_TYPE("P007"),
  /** A scalar that does not read as what is expected, or is out of bounds. */
  BAD_VALUE("P008"),
  /** Keys that exclude one another, or of which exactly one is wanted. */
  CONFLICT("P009"),
  /** Two entries of one name. */
  DUPLICATE_NAME("P010"),
  /** A name that stands nowhere in the generation. */
  UNKNOWN_REFERENCE("P011"),
  /** A namespace that no policy may give to tenants. */
  FORBIDDEN_NAMESPACE("P012"),
  /** Two entries of collections that can mean the same namespace. */
  AMBIGUOUS_COLLECTION("P013"),
  /** Two entries of principals that can give one login two tenants. */
  AMBIGUOUS_PRINCIPAL("P014"),
  /** A listed index that is not led by the tenant field. */
  INDEX_NOT_LED("P015"),
  /** A rule in shadow mode whose day has come. */
  SHADOW_ENDED("P016"),
  /** A file of another kind or version than expected. */
  WRONG_KIND("P017"),
  /** A key that is known but that this version does not carry out. */
  NOT_SUPPORTED("P018"),
  /** Works, but is weaker or stranger than it looks. */
  ADVICE("W001");

  private final String id;

  ProblemCode(String id) {
    this.id = id;
  }

  public String id() {
    return id;
  }

  public boolean isWarning() {
    return id.charAt(0) == 'W';
  }
}
