package io.bailiwick.demo;

import com.mongodb.client.MongoDatabase;
import java.util.List;
import org.bson.Document;

/** An advertising business: campaigns, ad groups and daily stats of two organizations. */
final class AdsData {
  static final String DATABASE = "ads";

  private AdsData() {}

  /** Fills an empty database, past the proxy. */
  static void fill(MongoDatabase database) {
    database
        .getCollection("currencies")
        .insertMany(
            List.of(
                new Document("_id", "EUR").append("name", "Euro").append("perEuro", 1.0),
                new Document("_id", "USD").append("name", "US dollar").append("perEuro", 1.09)));
    for (Organization organization : Organization.values()) {
      database
          .getCollection("organizations")
          .insertOne(
              owned(organization, "profile-" + organization.name())
                  .append("name", organization.title()));
      campaign(database, organization, 1, "Spring sale", "google", 120.0, 540.0);
      campaign(database, organization, 2, "Brand", "meta", 80.0, 96.0);
    }
  }

  private static void campaign(
      MongoDatabase database,
      Organization organization,
      int number,
      String name,
      String platform,
      double spend,
      double revenue) {
    String id = organization.name().toLowerCase(java.util.Locale.ROOT) + "-" + number;
    database
        .getCollection("campaigns")
        .insertOne(
            owned(organization, id)
                .append("name", name)
                .append("status", number == 1 ? "active" : "paused")
                .append("currency", "EUR"));
    for (int i = 1; i <= 2; i++) {
      database
          .getCollection("ad_groups")
          .insertOne(
              owned(organization, id + "-group-" + i)
                  .append("campaign", id)
                  .append("bid", 0.4 * i));
      database
          .getCollection("daily_stats")
          .insertOne(
              owned(organization, id + "-day-" + i)
                  .append("campaign", id)
                  .append("platform", platform)
                  .append("day", "2026-11-0" + i)
                  .append("spend", spend * i)
                  .append("revenue", revenue * i));
    }
  }

  private static Document owned(Organization organization, String id) {
    return new Document("_id", id).append("organization_id", organization.id());
  }
}
