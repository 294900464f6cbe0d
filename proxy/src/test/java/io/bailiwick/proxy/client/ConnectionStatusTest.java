package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.protocol.bson.BsonWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

class ConnectionStatusTest {
  private static final Place PLACE = new Place("test", 1, 1);

  private static CollectionRule collection(String name, CollectionClass collectionClass) {
    return new CollectionRule("app", name, collectionClass, List.of(), PLACE);
  }

  private static BoundPolicy policy() {
    EffectRule keep =
        new EffectRule(
            "keep", Set.of("app.orders"), Set.of(), Set.of(Effect.DELETE), false, null, PLACE);
    EffectRule watched =
        new EffectRule(
            "watched", Set.of("app.orders"), Set.of(), Set.of(Effect.INSERT), true, null, PLACE);
    return new Policy(
            "test",
            "hash",
            "organization_id",
            TenantType.STRING,
            List.of(),
            List.of(
                collection("orders", CollectionClass.SHARED),
                collection("plans", CollectionClass.REFERENCE),
                collection("scratch_${tenant}", CollectionClass.PRIVATE)),
            List.of(keep, watched),
            Limits.DEFAULT,
            DdlMode.DENY,
            TripwireMode.FIRST,
            List.of())
        .bind(
            new Principal("app", "org-acme", "admin", TenantValue.parse(TenantType.STRING, "acme")),
            LocalDate.of(2026, 11, 25));
  }

  @Test
  void namesAsPrivilegesWhatThePolicyLetsThePrincipalDo() {
    BsonWriter out = new BsonWriter().startDocument().startArray("p");
    ConnectionStatus.privileges(policy(), out);
    byte[] document = out.end().end().toBytes();

    assertEquals(
        BsonArray.parse(
            "[{resource: {db: 'app', collection: 'orders'}, actions: ['find', 'insert', 'update']},"
                + " {resource: {db: 'app', collection: 'plans'}, actions: ['find']},"
                + " {resource: {db: 'app', collection: 'scratch_acme'},"
                + " actions: ['find', 'insert', 'update', 'remove']}]"),
        new RawBsonDocument(document).getArray("p"));
  }
}
