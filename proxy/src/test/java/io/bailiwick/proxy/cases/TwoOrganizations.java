package io.bailiwick.proxy.cases;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.types.ObjectId;

/** The documents of A and of B in the same collections of a server. */
final class TwoOrganizations {
  /** Stands in every document of B and nowhere else. */
  static final String SECRET = "B-SECRET";

  private static final String FIELD = "organization_id";
  private static final ObjectId A = new ObjectId(WholeProxy.A);
  private static final ObjectId B = new ObjectId(WholeProxy.B);
  private static final List<String> COLLECTIONS =
      List.of("orders", "users", "fs.files", "fs.chunks", "places", "posts");

  private final MongoDatabase database;

  /**
   * Fills the server's database anew.
   *
   * @param direct past the proxy; stays the caller's
   * @param documentsOfB in each collection
   */
  TwoOrganizations(MongoClient direct, int documentsOfB) {
    database = direct.getDatabase("app");
    database.drop();
    for (String name : COLLECTIONS) {
      MongoCollection<Document> collection = database.getCollection(name);
      collection.insertOne(ofA(1));
      collection.insertOne(ofA(2));
      for (int i = 0; i < documentsOfB; i++) {
        collection.insertOne(ofB(i, documentsOfB));
      }
    }
    database.getCollection("plans").insertOne(new Document("_id", "basic").append("price", 1));
  }

  private static Document ofA(int id) {
    return new Document("_id", id).append(FIELD, A).append("uid", id).append("a", id);
  }

  private static Document ofB(int i, int variant) {
    Object odd = variant % 2 == 0 ? "text" : 1.5;
    return new Document("_id", 101 + i)
        .append(FIELD, B)
        .append("ssn", SECRET + "-" + i)
        .append("uid", 101 + i)
        .append("a", odd)
        .append("files_id", new ObjectId("0b0000000000000000000001"));
  }

  /** All documents of B by collection, and whatever belongs to neither. */
  Map<String, List<String>> notOfA() {
    Map<String, List<String>> all = new TreeMap<>();
    for (String name : database.listCollectionNames()) {
      List<String> documents = new ArrayList<>();
      for (Document document : database.getCollection(name).find()) {
        if (!A.equals(document.get(FIELD))) {
          documents.add(document.toJson());
        }
      }
      documents.sort(null);
      all.put(name, documents);
    }
    return all;
  }
}
