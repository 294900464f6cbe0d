package io.bailiwick.policy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservedNamesTest {
  @ParameterizedTest
  @CsvSource({
    "app, orders, false",
    "app, orders.system, false",
    "app, systems, false",
    "administration, orders, false",
    "admin, orders, true",
    "Admin, orders, true",
    "LOCAL, orders, true",
    "config, orders, true",
    "$external, orders, true",
    "app, system.views, true",
    "app, enxcol_.orders.esc, true",
    "app, fle2.orders, true",
    "app, tmp.agg_out.1, true",
    "app, tmp.create_index.1, true",
    "app, $cmd, true",
    "app, orders.$x, true",
    "admin, system.users, true",
  })
  void knowsWhatBelongsToMongodb(String database, String collection, boolean reserved) {
    assertEquals(reserved, ReservedNames.reserves(new Namespace(database, collection)));
  }
}
