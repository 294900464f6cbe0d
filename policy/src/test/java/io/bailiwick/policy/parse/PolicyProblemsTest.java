package io.bailiwick.policy.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One section of a sound policy replaced: what is wrong with it, or that nothing is. */
class PolicyProblemsTest {
  private static final String OK = "ok";

  private static void assertSaysOnly(PolicyText text, String expected) {
    assertSays(text, expected);
    assertEquals(expected.equals(OK) ? 0 : 1, text.check().size(), () -> text.check().toString());
  }

  private static void assertSays(PolicyText text, String expected) {
    List<String> said = text.check();
    if (expected.equals(OK)) {
      assertEquals(List.of(), said);
    } else {
      assertTrue(said.stream().anyMatch(line -> line.contains(expected)), said::toString);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          apiVersion | bailiwick.io/v2 | p.yaml:1:13: error[P017] apiVersion: "bailiwick.io/v2" (expected: bailiwick.io/v1)
          kind       | Proxy           | p.yaml:2:7: error[P017] kind: "Proxy" (expected: Policy)
          metadata   | { nam: ads, name: b } | p.yaml:3:13: error[P005] metadata.nam: unknown key (expected: name) — did you mean 'name'?
          metadata   | { name: "a b" } | error[P008] metadata.name: "a b" (expected: a letter, then
          metadata   | {}              | error[P006] metadata.name: missing
          metadata   | []              | error[P007] metadata: a list (expected: a map)
          tenancy    | { field: org_id, type: int64 } | ok
          tenancy    | { field: a.b, type: uuid } | p.yaml:4:19: error[P008] tenancy.field: "a.b" (expected: the name of one top-level field
          tenancy    | { field: $org, type: uuid } | error[P008] tenancy.field
          tenancy    | { field: _id, type: uuid } | error[P008] tenancy.field
          tenancy    | { field: "", type: uuid } | error[P007] tenancy.field
          tenancy    | { field: "a\\u0000", type: uuid } | error[P008] tenancy.field: "a\\u0000"
          tenancy    | { field: [a], type: uuid } | error[P007] tenancy.field: a list (expected: a single value that
          tenancy    | { field: , type: uuid } | error[P007] tenancy.field: nothing (expected: a single value that
          tenancy    | { field: org, type: ObjectId } | error[P008] tenancy.type: "ObjectId" (expected: objectId, uuid, int64, string) — did you mean 'objectId'?
          """)
  void checksHeaderAndTenancy(String section, String value, String expected) {
    assertSaysOnly(new PolicyText().with(section, value), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { name: a, user: "org-${tenant}", authSource: admin }               | ok
          { name: a, user: "${tenant}", authSource: admin }                   | ok
          { name: a, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | ok
          { name: a, sanUri: "spiffe://x/${tenant}" }                         | ok
          { name: a, sanUri: "spiffe://x/${tenant}", subject: "CN=a" }        | ok
          { name: a, sanDns: "${tenant}.orgs.example" }                       | ok
          { name: a, issuer: i, claim: c }                                    | ok
          { name: a, issuer: i, tenant: 665f1c2ab8e4d3a1f0c9e001 }            | ok
          { name: a, user: x, authSource: admin, actsForTenants: { issuer: i } } | ok
          { name: a, user: x, authSource: admin, actsForTenants: { issuer: i, claim: org } } | ok
          { name: a, user: x, authSource: admin, actsForTenants: { claim: org } } | error[P006] principals[0].actsForTenants.issuer: missing
          { name: a, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001, actsForTenants: { issuer: i } } | error[P009] principals[0]: a map (expected: exactly one source
          { name: a, issuer: i, subject: "svc-${tenant}" }                    | ok
          { name: a, issuer: i, subject: s, tenant: 665f1c2ab8e4d3a1f0c9e001 } | ok
          { name: a, issuer: i, sanDns: s, claim: c }                         | error[P009] principals[0]: a map (expected: one kind of party
          { user: "org-${tenant}", authSource: admin }                        | error[P006] principals[0].name: missing
          { name: "a/b", user: "org-${tenant}", authSource: admin }           | error[P008] principals[0].name
          { name: a, user: "org-${tenant}" }                                  | p.yaml:5:15: error[P006] principals[0].authSource: missing (expected: the user's database, such as admin)
          { name: a, usr: x, user: "org-${tenant}", authSource: admin }       | error[P005] principals[0].usr: unknown key
          { name: a, user: x, authSource: admin }                             | error[P006] principals[0]: a map (expected: exactly one source of the tenant
          { name: a, user: "org-${tenant}", authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | error[P009] principals[0]: a map (expected: exactly one source
          { name: a, issuer: i, claim: c, tenant: 665f1c2ab8e4d3a1f0c9e001 }  | error[P009] principals[0]: a map (expected: exactly one source
          { name: a, sanUri: "${tenant}", subject: "CN=${tenant}" }           | error[P009] principals[0]: a map (expected: exactly one source
          { name: a, user: "${tenant}-${tenant}", authSource: admin }         | error[P008] principals[0].user: "${tenant}-${tenant}" (expected: printable text with at most one ${tenant}
          { name: a, user: "org-${tenat}", authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | error[P008] principals[0].user
          { name: a, user: "org-$tenant", authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | error[P008] principals[0].user
          { name: a, user: x, authSource: admin, tenant: 665f }               | error[P008] principals[0].tenant: "665f" (expected: an ObjectId of 24 hexadecimal digits)
          { name: a, user: x, authSource: admin, sanUri: "${tenant}" }        | error[P009] principals[0]: a map (expected: one kind of party
          { name: a, tenant: 665f1c2ab8e4d3a1f0c9e001 }                       | error[P006] principals[0]: a map (expected: one kind of party
          { name: a, sanUri: "${tenant}", authSource: admin }                 | error[P009] principals[0].authSource: "admin" (expected: only together with user)
          { name: a, user: x, authSource: admin, claim: c }                   | error[P009] principals[0].claim: "c" (expected: only together with issuer)
          { name: a, user: x, authSource: admin, actsForTenants: { isuer: i, issuer: j } } | error[P005] principals[0].actsForTenants.isuer: unknown key (expected: issuer, claim) — did you mean 'issuer'?
          x                                                                   | error[P007] principals[0]: "x" (expected: a map)
          """)
  void checksPrincipals(String entry, String expected) {
    assertSays(new PolicyText().with("principals", "[ " + entry + " ]"), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { name: a, user: "org-${tenant}", authSource: admin } | { name: b, user: "org-${tenant}", authSource: ads } | ok
          { name: a, user: "org-${tenant}", authSource: admin } | { name: b, user: "org-x", authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | ok
          { name: a, user: "org-${tenant}", authSource: admin } | { name: b, user: "org-${tenant}-ro", authSource: admin } | ok
          { name: a, user: "org-${tenant}", authSource: admin } | { name: b, user: "org-665F1C2AB8E4D3A1F0C9E001", authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e002 } | error[P014] principals[1]: a map (expected: no login that a at p.yaml:5:15 gives another tenant)
          { name: a, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | { name: b, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e002 } | error[P014]
          { name: a, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | { name: b, user: x, authSource: admin, tenant: 665F1C2AB8E4D3A1F0C9E001 } | warning[W001] principals[1]: a map (expected: logins that a does not match already; it stands first and wins)
          { name: a, user: "org-${tenant}", authSource: admin } | { name: b, user: "org-${tenant}", authSource: admin } | warning[W001]
          { name: a, user: "ab${tenant}", authSource: admin }   | { name: b, user: "a${tenant}b", authSource: admin } | error[P014]
          { name: a, user: "ag${tenant}", authSource: admin }   | { name: b, user: "a${tenant}b", authSource: admin } | ok
          { name: a, sanUri: "s/${tenant}" }                    | { name: b, sanUri: "s/${tenant}" } | warning[W001]
          { name: a, sanUri: "s/${tenant}" }                    | { name: b, sanDns: "${tenant}.x" } | ok
          { name: a, issuer: i, claim: c }                      | { name: b, issuer: j, claim: c }   | ok
          { name: a, issuer: i, claim: c }                      | { name: b, issuer: i, claim: d }   | ok
          { name: a, issuer: i, claim: c }                      | { name: b, issuer: i, claim: c }   | warning[W001]
          { name: a, issuer: i, claim: c }                      | { name: b, issuer: i, tenant: 665f1c2ab8e4d3a1f0c9e001 } | error[P014]
          { name: a, issuer: i, subject: x, claim: c }          | { name: b, issuer: i, subject: y, tenant: 665f1c2ab8e4d3a1f0c9e001 } | ok
          { name: a, issuer: i, subject: x, claim: c }          | { name: b, issuer: i, subject: x, tenant: 665f1c2ab8e4d3a1f0c9e001 } | error[P014]
          { name: a, user: x, authSource: admin, actsForTenants: { issuer: i } } | { name: b, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | error[P014]
          { name: a, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | { name: b, sanUri: "s/${tenant}" } | ok
          { name: a, sanUri: "s/${tenant}" } | { name: b, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | ok
          { name: a, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | { name: b, issuer: i, claim: c } | ok
          { name: a, issuer: i, claim: c } | { name: b, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | ok
          { name: a, sanUri: "s/${tenant}" } | { name: b, issuer: i, claim: c } | ok
          { name: a, issuer: i, claim: c } | { name: b, sanUri: "s/${tenant}" } | ok
          { name: a, sanDns: "${tenant}.x" } | { name: b, issuer: i, claim: c } | ok
          { name: a, issuer: i, claim: c } | { name: b, sanDns: "${tenant}.x" } | ok
          { name: a, sanDns: "${tenant}.x" } | { name: b, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | ok
          { name: a, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | { name: b, sanDns: "${tenant}.x" } | ok
          { name: a, subject: "CN=${tenant}" } | { name: b, subject: "CN=${tenant}" } | warning[W001]
          { name: a, subject: "CN=${tenant}" } | { name: b, subject: "OU=${tenant}" } | ok
          { name: a, subject: "CN=${tenant}" } | { name: b, issuer: i, claim: c } | ok
          { name: a, sanDns: "${tenant}.x" } | { name: b, sanDns: "${tenant}.x" } | warning[W001]
          { name: a, sanDns: "${tenant}.x" } | { name: b, sanDns: "${tenant}.y" } | ok
          { name: a, sanUri: "s/${tenant}" } | { name: b, sanUri: "t/${tenant}" } | ok
          { name: a, sanUri: "s/${tenant}" } | { name: b, sanUri: "s/${tenant}", subject: "CN=a" } | ok
          { name: a, sanUri: "s/${tenant}", sanDns: x } | { name: b, sanUri: "s/${tenant}" } | ok
          { name: a, sanUri: "s/${tenant}", sanDns: x } | { name: b, sanUri: "s/${tenant}", sanDns: y } | ok
          { name: a, sanUri: "s/${tenant}", sanDns: x } | { name: b, sanUri: "s/${tenant}", sanDns: x } | warning[W001]
          { name: a, sanUri: "sa${tenant}" } | { name: b, sanUri: "s${tenant}b" } | error[P014]
          { name: a, sanDns: "a${tenant}" } | { name: b, sanDns: "${tenant}b" } | error[P014]
          { name: a, subject: "a${tenant}" } | { name: b, subject: "${tenant}b" } | error[P014]
          { name: a, sanUri: s/x, tenant: 665f1c2ab8e4d3a1f0c9e001 } | { name: b, sanUri: s/x, tenant: 665f1c2ab8e4d3a1f0c9e002 } | error[P014]
          { name: a, issuer: i, tenant: 665f1c2ab8e4d3a1f0c9e001 } | { name: b, issuer: i, claim: c } | error[P014]
          { name: a, issuer: i, subject: x, claim: c } | { name: b, issuer: i, tenant: 665f1c2ab8e4d3a1f0c9e001 } | ok
          { name: a, issuer: i, subject: "a${tenant}" } | { name: b, issuer: i, subject: "${tenant}b" } | error[P014]
          { name: a, user: x, authSource: admin, tenant: 665f1c2ab8e4d3a1f0c9e001 } | { name: b, user: x, authSource: admin, actsForTenants: { issuer: i } } | error[P014]
          { name: a, user: x, authSource: admin, actsForTenants: { issuer: i } } | { name: b, user: x, authSource: admin, actsForTenants: { issuer: i } } | error[P014]
          { name: a, user: "org-${tenant}", authSource: admin } | { name: a, sanUri: "s/${tenant}" } | error[P010] principals[1].name: "a" (expected: once in all files; principal a stands at p.yaml:5:23)
          """)
  void findsPrincipalsThatOneLoginCanMeet(String first, String second, String expected) {
    assertSays(new PolicyText().with("principals", "[ " + first + ", " + second + " ]"), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { a.b: shared, a.c: reference, "a.d_${tenant}": private }  | ok
          { a.b.c: shared, Ä.ö: shared, a.systems: shared, a.system: shared } | ok
          { a.b: { class: shared, indexes: [ { name: i, key: { organization_id: 1 } } ] } } | ok
          { a.b: { class: shared, indexes: [ { name: i, key: { organization_id: -1, x: 2dsphere } } ] } } | ok
          { a.b: secret }          | error[P008] collections.a.b: "secret" (expected: shared, reference, private)
          { a.b: { clas: shared, class: shared } } | error[P005] collections.a.b.clas: unknown key (expected: class, indexes) — did you mean 'class'?
          { a.b: {} }              | error[P006] collections.a.b.class: missing
          { a.b: [shared] }        | error[P007] collections.a.b: a list
          { a: shared }            | p.yaml:6:16: error[P008] collections: "a" (expected: database.collection)
          { .a: shared }           | error[P008]
          { a.: shared }           | error[P008]
          { a..b: shared }         | error[P012]
          { a.b.: shared }         | error[P012]
          { a.b..c: shared }       | error[P012]
          { admin.x: shared }      | error[P012] collections: "admin.x" (expected: a database of the application; admin belongs to MongoDB)
          { Admin.x: shared }      | error[P012]
          { local.oplog: shared }  | error[P012]
          { config.x: reference }  | error[P012]
          { a.system.users: shared } | error[P012] collections: "a.system.users" (expected: a collection of the application, none of MongoDB's own)
          { a.system.js: reference } | error[P012]
          { "a.system.x_${tenant}": private } | error[P012]
          { a.enxcol_.x.esc: shared } | error[P012]
          { a.fle2.x: shared }     | error[P012]
          { a.tmp.agg_out.1: shared } | error[P012]
          { a.$cmd: shared }       | error[P012] collections: "a.$cmd" (expected: no dollar sign but in one ${tenant})
          { "a.x_${tenat}": private } | error[P012]
          { "a.${tenant}_${tenant}": private } | error[P012]
          { "a.b\\0c": shared }    | error[P012]
          { "a.b c": shared }      | error[P012]
          { "a. b": shared }       | error[P012]
          { "a.b\\u200b": shared } | error[P012] collections: "a.b\\u200b" (expected: a collection name without spaces
          { "a b.c": shared }      | error[P012]
          { "a/b.c": shared }      | error[P012]
          { "${tenant}.c": private } | error[P012]
          { "a\\tb.c": shared }    | error[P012]
          { "a\\u00a0b.c": shared } | error[P012]
          { "a.b\\u00a0c": shared } | error[P012]
          { "a.b\\tc": shared }    | error[P012]
          { "a.b\\u007fc": shared } | error[P012]
          { a.b: private }         | error[P008] collections: "a.b" (expected: a private collection with ${tenant} in its name)
          { "a.b_${tenant}": shared } | error[P008] collections: "a.b_${tenant}" (expected: ${tenant} only in the name of a private collection)
          { "a.b_${tenant}": reference } | error[P008]
          { a.b: { class: reference, indexes: [ { name: i, key: { organization_id: 1 } } ] } } | error[P009] collections.a.b.indexes: a list (expected: indexes only for class shared)
          { a.b: { class: shared, indexes: [ { name: i, key: { status: 1, organization_id: 1 } } ] } } | error[P015] collections.a.b.indexes[0].key: a map (expected: organization_id: 1 or -1 as the first field)
          { a.b: { class: shared, indexes: [ { name: i, key: {} } ] } } | error[P015]
          { a.b: { class: shared, indexes: [ { name: i, key: { organization_id: hashed } } ] } } | error[P015]
          { a.b: { class: shared, indexes: [ { name: i, key: { Organization_id: 1 } } ] } } | error[P015]
          { a.b: { class: shared, indexes: [ { name: i, key: { organization_id: 1, x: 2 } } ] } } | error[P008] collections.a.b.indexes[0].key.x: "2" (expected: 1, -1, text, 2dsphere, 2d, hashed)
          { a.b: { class: shared, indexes: [ { name: i, key: { organization_id: 1, "$**": 1 } } ] } } | error[P008]
          { a.b: { class: shared, indexes: [ { name: _id_, key: { organization_id: 1 } } ] } } | error[P008]
          { a.b: { class: shared, indexes: [ { key: { organization_id: 1 } } ] } } | error[P006] collections.a.b.indexes[0].name: missing
          { a.b: { class: shared, indexes: [ { name: i } ] } } | error[P006] collections.a.b.indexes[0].key: missing
          { a.b: { class: shared, indexes: [ { name: i, key: { organization_id: 1 } }, { name: i, key: { organization_id: -1 } } ] } } | error[P010]
          { a.b: { class: shared, indexes: [ { name: i, key: { organization_id: 1 }, unique: true } ] } } | error[P005]
          { a.b: shared, A.c: shared } | error[P013] collections: "A.c" (expected: one spelling of a database; a stands at p.yaml:6:16)
          { "a.x_${tenant}": private, a.x_665f1c2ab8e4d3a1f0c9e001: shared } | error[P013] collections: "a.x_665f1c2ab8e4d3a1f0c9e001" (expected: a name that cannot be taken for a.x_${tenant} at p.yaml:6:16)
          { "a.x_${tenant}": private, a.x_665F1C2AB8E4D3A1F0C9E001: shared } | ok
          { "a.x_${tenant}": private, a.x_665f: shared } | ok
          { "a.x_${tenant}": private, "a.x_${tenant}_y": private } | ok
          { "a.xa${tenant}": private, "a.x${tenant}b": private } | error[P013]
          { "a.xg${tenant}": private, "a.x${tenant}b": private } | ok
          { "a.x_${tenant}": private, "b.x_${tenant}": private } | ok
          """)
  void checksCollections(String collections, String expected) {
    assertSaysOnly(new PolicyText().with("collections", collections), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          string | { "a.x_${tenant}": private, a.x_y: shared }                 | error[P013]
          string | { "a.x_${tenant}": private, a.x_y.z: shared }               | ok
          string | { "a.x_${tenant}": private, "a.x_${tenant}_y": private }    | error[P013]
          string | { "a.x.${tenant}": private, "a.x.${tenant}.y": private }    | ok
          int64  | { "a.x_${tenant}": private, a.x_12: shared }                | error[P013]
          int64  | { "a.x_${tenant}": private, a.x_1y: shared }                | ok
          int64  | { "a.x${tenant}": private, "a.x1${tenant}": private }       | error[P013]
          uuid   | { "a.x_${tenant}": private, a.x_01234567-89ab-4cde-8f01-23456789abcd: shared } | error[P013]
          uuid   | { "a.x_${tenant}": private, a.x_01234567: shared }          | ok
          """)
  void findsNamesThatCanMeetForEachType(String type, String collections, String expected) {
    PolicyText text =
        new PolicyText()
            .with("tenancy", "{ field: organization_id, type: " + type + " }")
            .with("collections", collections);
    List<String> said =
        text.check().stream().filter(line -> !line.contains("warning[W001] tenancy")).toList();
    if (expected.equals(OK)) {
      assertEquals(List.of(), said);
    } else {
      assertTrue(said.get(0).contains(expected), said::toString);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { name: r, deny: [read] }                                          | ok
          { name: r, collections: [ads.stats], principals: [app], deny: [insert, update, delete, ddl] } | ok
          { name: r, deny: [read], mode: enforce }                           | ok
          { name: r, deny: [read], mode: shadow, until: 2026-12-31 }         | ok
          { deny: [read] }                                                   | error[P006] rules[0].name: missing
          { name: tenant-field, deny: [read] }                               | error[P008] rules[0].name: "tenant-field" (expected: another name; this is a rule that is built in)
          { name: r }                                                        | error[P006] rules[0].deny: missing
          { name: r, deny: [] }                                              | error[P008] rules[0].deny: a list (expected: at least one item)
          { name: r, deny: read }                                            | error[P007] rules[0].deny: "read" (expected: a list)
          { name: r, deny: [reed] }                                          | error[P008] rules[0].deny[0]: "reed" (expected: read, insert, update, delete, ddl) — did you mean 'read'?
          { name: r, deny: [find] }                                          | error[P008] rules[0].deny[0]
          { name: r, deny: [read, read] }                                    | error[P010] rules[0].deny[1]
          { name: r, allow: [read], deny: [read] }                           | error[P005] rules[0].allow: unknown key
          { name: r, enabled: false, deny: [read] }                          | error[P005] rules[0].enabled: unknown key
          { name: r, collections: [ads.stat], deny: [read] }                 | error[P011] rules[0].collections[0]: "ads.stat" (expected: a collection that the policy lists) — did you mean 'ads.stats'?
          { name: r, collections: [], deny: [read] }                         | error[P008] rules[0].collections: a list (expected: at least one item)
          { name: r, collections: [ads.stats, ads.stats], deny: [read] }     | error[P010] rules[0].collections[1]
          { name: r, principals: [ap], deny: [read] }                        | error[P011] rules[0].principals[0]: "ap" (expected: a principal that the policy lists) — did you mean 'app'?
          { name: r, deny: [read], mode: shadow }                            | error[P006] rules[0].until: missing (expected: the day from which
          { name: r, deny: [read], until: 2026-12-31 }                       | error[P009] rules[0].until
          { name: r, deny: [read], mode: shadow, until: 2026-13-31 }         | error[P008] rules[0].until: "2026-13-31" (expected: a date such as 2027-01-31)
          { name: r, deny: [read], mode: shadow, until: 2026-02-30 }         | error[P008] rules[0].until
          { name: r, deny: [read], mode: off }                               | error[P008] rules[0].mode: "off" (expected: enforce, shadow)
          """)
  void checksRules(String rule, String expected) {
    assertSaysOnly(new PolicyText().with("rules", "[ " + rule + " ]"), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          limits | { maxTime: 250ms, filterDepth: 100, inFlightBytes: 1GiB, ratePerTenant: 1/s } | ok
          limits | { maxTime: 30 }       | error[P008] limits.maxTime: "30" (expected: a duration such as 250ms, 30s, 10m, 1h, from 100ms to 1d)
          limits | { maxTime: 0s }       | error[P008] limits.maxTime
          limits | { maxTime: 2d }       | error[P008] limits.maxTime
          limits | { maxTime: -3s }      | error[P008] limits.maxTime
          limits | { filterDepth: 0 }    | error[P008] limits.filterDepth: "0" (expected: an integer from 1 to 100)
          limits | { filterDepth: 101 }  | error[P008] limits.filterDepth
          limits | { filterDepth: 1e1 }  | error[P008] limits.filterDepth
          limits | { inMembers: 0x10 }   | error[P008] limits.inMembers
          limits | { stages: many }      | error[P008] limits.stages
          limits | { inFlightBytes: 64MB } | error[P008] limits.inFlightBytes: "64MB" (expected: a size such as 512KiB, 64MiB, from 64KiB to 64GiB)
          limits | { inFlightBytes: 999999999999GiB } | error[P008] limits.inFlightBytes
          limits | { ratePerTenant: 0/s } | error[P008] limits.ratePerTenant: "0/s" (expected: a rate such as 2000/s, from 1/s to 10000000/s)
          limits | { operationsPerTenant: 1, connectionsPerTenant: 1000000 } | ok
          limits | { operationsPerTenant: 0 } | error[P008] limits.operationsPerTenant: "0" (expected: an integer from 1 to 1000000)
          limits | { connectionsPerTenant: 1000001 } | error[P008] limits.connectionsPerTenant: "1000001" (expected: an integer from 1 to 1000000)
          limits | { ratePerTenant: 5 }  | error[P008] limits.ratePerTenant
          limits | { maxtime: 30s }      | error[P005] limits.maxtime: unknown key (expected: maxTime, filterDepth, inMembers, stages, inFlightBytes, ratePerTenant, operationsPerTenant, connectionsPerTenant) — did you mean 'maxTime'?
          applicationDdl | deny          | ok
          applicationDdl | allow         | ok
          applicationDdl | yes           | error[P008] applicationDdl: "yes" (expected: deny, acknowledge, allow)
          tripwire | none                | error[P008] tripwire: "none" (expected: first, all)
          """)
  void checksSettings(String section, String value, String expected) {
    assertSaysOnly(new PolicyText().with(section, value), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { name: m, collection: ads.stats, when: delete, count: documents }  | ok
          { name: m, collection: ads.stats, when: insert, sum: spend }        | ok
          { name: m, collection: ads.stats, when: insert, count: documents, by: { p: [a, b] } } | ok
          { name: m, collection: ads.stats, when: insert }                    | error[P006] businessMetrics[0]: none of them (expected: exactly one of count, sum, ratio)
          { name: m, collection: ads.stats, when: insert, sum: a, count: documents } | error[P009] businessMetrics[0]: count, sum (expected: exactly one of
          { name: M, collection: ads.stats, when: insert, sum: a }            | error[P008] businessMetrics[0].name
          { name: a-b, collection: ads.stats, when: insert, sum: a }          | error[P008] businessMetrics[0].name
          { name: m, collection: ads.statz, when: insert, sum: a }            | error[P011] businessMetrics[0].collection: "ads.statz" (expected: a collection that the policy lists) — did you mean 'ads.stats'?
          { name: m, collection: ads.currencies, when: insert, sum: a }       | error[P009] businessMetrics[0].collection
          { name: m, when: insert, sum: a }                                   | error[P006] businessMetrics[0].collection: missing
          { name: m, collection: ads.stats, when: insert, sum: a, sume: b }   | error[P005] businessMetrics[0].sume: unknown key
          { name: m, collection: ads.stats, when: insert, sum: .a }           | error[P008] businessMetrics[0].sum
          { name: m, collection: ads.stats, when: insert, sum: $a }           | error[P008] businessMetrics[0].sum
          { name: m, collection: ads.stats, when: insert, count: documents, by: { p: [x] } } | ok
          { name: m, ratio: [n, n], window: 1h, collection: ads.stats }, { name: n, collection: ads.stats, when: insert, sum: a } | error[P009] businessMetrics[0].collection
          { name: m, ratio: [n, o], window: 1h }, { name: n, collection: ads.stats, when: insert, sum: a, by: { p: [x] } }, { name: o, collection: ads.stats, when: insert, sum: b, by: { p: [y] } } | error[P009] businessMetrics[0].ra
          { name: m, ratio: [n, o], window: 1h }, { name: n, collection: ads.stats, when: insert, sum: a, by: { p: [x] } }, { name: o, collection: ads.stats, when: insert, sum: b, by: { q: [x] } } | error[P009] businessMetrics[0].ra
          { name: m, collection: ads.stats, sum: a }                          | error[P006] businessMetrics[0].when: missing
          { name: m, collection: ads.stats, when: read, sum: a }              | error[P008] businessMetrics[0].when
          { name: m, collection: ads.stats, when: update, sum: a }            | error[P009] businessMetrics[0].when: "update" (expected: insert
          { name: m, collection: ads.stats, when: insert, sum: a.b }          | error[P008] businessMetrics[0].sum
          { name: m, collection: ads.stats, when: insert, count: rows }       | error[P008] businessMetrics[0].count: "rows" (expected: documents)
          { name: m, collection: ads.stats, when: insert, sum: a, by: {} }    | error[P008] businessMetrics[0].by
          { name: m, collection: ads.stats, when: insert, sum: a, by: { p: [] } } | error[P008] businessMetrics[0].by.p: a list (expected: 1 to 32 values)
          { name: m, collection: ads.stats, when: insert, sum: a, by: { p: [x, x] } } | error[P010]
          { name: m, collection: ads.stats, when: insert, sum: a, by: { p: [other] } } | error[P008]
          { name: m, collection: ads.stats, when: insert, sum: a, window: 1h } | error[P009] businessMetrics[0].window
          { name: m_total, collection: ads.stats, when: insert, sum: a }      | error[P008] businessMetrics[0].name: "m_total" (expected: a name that does not end in one of [_total])
          { name: m_created, collection: ads.stats, when: insert, sum: a }    | ok
          { name: m_sum, ratio: [n, n], window: 1h }, { name: n, collection: ads.stats, when: insert, sum: a } | error[P008] businessMetrics[0].name
          { name: m, ratio: [x, y] }                                          | error[P006] businessMetrics[0].window: missing
          { name: m, ratio: [stats], window: 1h }                             | error[P008] businessMetrics[0].ratio
          { name: m, ratio: [{ a: b }, n], window: 1h }, { name: n, collection: ads.stats, when: insert, sum: a } | error[P007] businessMetrics[0].ratio[0]
          { name: m, ratio: [n, m], window: 1h }, { name: n, collection: ads.stats, when: insert, sum: a } | error[P009] businessMetrics[0].ratio[1]: "m" (expected: a metric that is no ratio itself)
          { name: m, ratio: [n, mo], window: 1h }, { name: n, collection: ads.stats, when: insert, sum: a } | error[P011] businessMetrics[0].ratio[1]
          { name: m, ratio: [n, o], window: 1h }, { name: n, collection: ads.stats, when: insert, sum: a }, { name: o, collection: ads.stats, when: insert, sum: b } | ok
          { name: m, ratio: [n, o], window: 1h }, { name: n, collection: ads.stats, when: insert, sum: a }, { name: o, collection: ads.stats, when: insert, sum: b, by: { p: [x] } } | error[P009] businessMetrics[0].ratio: a list (expected: two metrics with the same by)
          { name: n, collection: ads.stats, when: insert, sum: a }, { name: n, collection: ads.stats, when: insert, sum: b } | error[P010]
          """)
  void checksBusinessMetrics(String metrics, String expected) {
    assertSays(new PolicyText().with("businessMetrics", "[ " + metrics + " ]"), expected);
  }
}
