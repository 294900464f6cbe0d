package io.bailiwick.proxy.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import com.mongodb.ServerApi;
import com.mongodb.ServerApiVersion;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/** The peer of the other tests is believed by the official driver. */
class ScriptedUpstreamTest {
  @Test
  void answersTheOfficialDriver() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        MongoClient client = MongoClients.create(settings(upstream))) {
      upstream.next("count", ScriptedReply.json("{n: 7, ok: 1.0}").splitAt(3, 19, 21));

      Document reply =
          client.getDatabase("ads").runCommand(BsonDocument.parse("{count: 'campaigns'}"));

      assertEquals(7, reply.getInteger("n"));
      assertEquals("ads", upstream.take("count").body().getString("$db").getValue());
    }
  }

  /** With an API version the driver greets by hello, which is all that is understood here. */
  private static MongoClientSettings settings(ScriptedUpstream upstream) {
    return MongoClientSettings.builder()
        .applyToClusterSettings(
            cluster -> cluster.hosts(List.of(new ServerAddress(upstream.address()))))
        .serverApi(ServerApi.builder().version(ServerApiVersion.V1).build())
        .build();
  }
}
