package io.bailiwick.demo;

import org.bson.types.ObjectId;

/** One of the two organizations of the demo. */
enum Organization {
  ACME("665f1c2ab8e4d3a1f0c9e001", "Acme Outdoor"),
  GLOBEX("665f1c2ab8e4d3a1f0c9e002", "Globex Toys");

  private final String id;
  private final String title;

  Organization(String id, String title) {
    this.id = id;
    this.title = title;
  }

  ObjectId id() {
    return new ObjectId(id);
  }

  String title() {
    return title;
  }

  /** The user name that the shipped policy resolves to this organization. */
  String user() {
    return "org-" + id;
  }

  /** A password for a server that lives for minutes on loopback. */
  String password() {
    return name().toLowerCase(java.util.Locale.ROOT) + "-demo";
  }
}
