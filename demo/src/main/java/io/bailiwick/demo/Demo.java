package io.bailiwick.demo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;

/** Starts everything, tells the story, and stays up unless told to play it once. */
final class Demo {
  private final PrintWriter out;
  private final Middle.Starter starter;

  Demo(PrintWriter out, Middle.Starter starter) {
    this.out = out;
    this.starter = starter;
  }

  /**
   * Plays the story.
   *
   * @param afterwards called when the story is told and everything is still up
   * @return how many steps did not behave; 0 is what a user wants to see
   */
  int run(Runnable afterwards) throws Exception {
    try (EmbeddedServer server = new EmbeddedServer();
        Tap tap = Tap.before(server.address());
        Middle middle = starter.start(tap.address())) {
      out.println("Two organizations share one MongoDB. Each connects through Bailiwick.");
      out.println(
          "What MongoDB received is decoded from the bytes on the socket behind the proxy.");
      List<Document> before = server.documentsOf(Organization.GLOBEX);
      int failures = tell(tap, middle);
      if (!server.documentsOf(Organization.GLOBEX).equals(before)) {
        out.println("FAILED    documents of " + Organization.GLOBEX.title() + " were changed");
        failures++;
      }
      out.println();
      out.println(
          failures == 0
              ? "Every step behaved: both organizations were kept apart."
              : failures + " steps did not behave.");
      invite(middle);
      afterwards.run();
      return failures;
    }
  }

  private int tell(Tap tap, Middle middle) {
    Map<Organization, MongoClient> clients = new EnumMap<>(Organization.class);
    try {
      for (Organization organization : Organization.values()) {
        clients.put(organization, MongoClients.create(middle.connectionString(organization)));
      }
      return new Narrator(out, tap, clients).tell(Story.steps());
    } finally {
      clients.values().forEach(MongoClient::close);
    }
  }

  private void invite(Middle middle) {
    out.println();
    out.println("Try it yourself:");
    for (Organization organization : Organization.values()) {
      out.printf("  %-13s %s%n", organization.title(), middle.connectionString(organization));
    }
    out.println("  metrics       " + middle.metricsAddress());
    out.println(
        "  mongosh       mongosh \""
            + middle.connectionString(Organization.ACME)
            + "\" --eval 'db.campaigns.find()'");
  }
}
