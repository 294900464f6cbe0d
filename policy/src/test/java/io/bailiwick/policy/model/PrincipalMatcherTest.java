package io.bailiwick.policy.model;

import static io.bailiwick.policy.model.PolicySample.A;
import static io.bailiwick.policy.model.PolicySample.B;
import static io.bailiwick.policy.model.PolicySample.certificate;
import static io.bailiwick.policy.model.PolicySample.claim;
import static io.bailiwick.policy.model.PolicySample.ofPrincipals;
import static io.bailiwick.policy.model.PolicySample.user;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalMatcherTest {
  private static final Policy APP =
      ofPrincipals(TenantType.OBJECT_ID, user("app", "org-${tenant}", "admin", null));

  private static Principal resolved(Policy policy, Identity identity) {
    return assertInstanceOf(PrincipalResolution.Resolved.class, policy.resolve(identity))
        .principal();
  }

  private static String refused(Policy policy, Identity identity) {
    return assertInstanceOf(PrincipalResolution.Refused.class, policy.resolve(identity)).reason();
  }

  private static Identity login(String user, String authSource) {
    return Identity.ofUser("SCRAM-SHA-256", user, authSource);
  }

  private static Identity certificateOf(String subject, String... uris) {
    return new Identity(
        "MONGODB-X509", null, null, subject, List.of(uris), List.of(), null, Map.of());
  }

  private static Identity token(String issuer, Map<String, String> claims) {
    Map<String, ClaimValue> typed = new LinkedHashMap<>();
    claims.forEach((name, text) -> typed.put(name, new ClaimValue(text, false)));
    return typedToken(issuer, typed);
  }

  private static Identity typedToken(String issuer, Map<String, ClaimValue> claims) {
    return new Identity(
        "MONGODB-OIDC", null, "$external", "sub-1", List.of(), List.of(), issuer, claims);
  }

  @Test
  void capturesTheTenantOfAUser() {
    Principal principal = resolved(APP, login("org-" + A, "admin"));
    assertEquals(A, principal.tenant().text());
    assertEquals("app", principal.entry());
    assertEquals("org-" + A, principal.user());
    assertEquals("admin", principal.authSource());
  }

  @Test
  void foldsTheCaseOfHexadecimalDigitsOnly() {
    assertEquals(
        A, resolved(APP, login("org-" + A.toUpperCase(Locale.ROOT), "admin")).tenant().text());
    refused(APP, login("ORG-" + A, "admin"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org-",
        "org-665f1c2ab8e4d3a1f0c9e00",
        "org-665f1c2ab8e4d3a1f0c9e0011",
        " org-665f1c2ab8e4d3a1f0c9e001",
        "org-665f1c2ab8e4d3a1f0c9e001 ",
        "org-665f1c2ab8e4d3a1f0c9e001\n",
        "org- 665f1c2ab8e4d3a1f0c9e00",
        "org-665f1c2ab8e4d3a1f0c9e00g",
        "org-665f1c2ab8e4d3a1f0c9e00\u0661",
        "org-665f1c2ab8e4d3a1f0c9e00\uff11",
        "\u043erg-665f1c2ab8e4d3a1f0c9e001",
        "org\u2010665f1c2ab8e4d3a1f0c9e001",
        "org-org-665f1c2ab8e4d3a1f0c9e001",
        "org-665f1c2ab8e4d3a1f0c9e001\u0000",
        "org-${tenant}",
        "665f1c2ab8e4d3a1f0c9e001",
        ""
      })
  void refusesUsersThatOnlyLookAlike(String user) {
    assertEquals("no entry of principals matches", refused(APP, login(user, "admin")));
  }

  @Test
  void namesAPrincipalWithoutAUserByItsEntry() {
    Policy policy =
        ofPrincipals(TenantType.STRING, certificate("service", "spiffe://a/${tenant}", null));
    Identity nameless =
        new Identity(
            "MONGODB-X509",
            null,
            null,
            null,
            List.of("spiffe://a/acme"),
            List.of(),
            null,
            Map.of());

    assertEquals("service", resolved(policy, nameless).user());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Admin", "admin ", "ads", "$external"})
  void refusesTheSameUserOfAnotherAuthSource(String authSource) {
    refused(APP, login("org-" + A, authSource));
  }

  @ParameterizedTest
  @CsvSource({
    "INT64, 7, 7",
    "INT64, -7, -7",
    "INT64, 9007199254740993, 9007199254740993",
    "INT64, 9223372036854775807, 9223372036854775807",
    "STRING, acme_1-b, acme_1-b",
    "UUID, 01234567-89AB-4cde-8f01-23456789abcd, 01234567-89ab-4cde-8f01-23456789abcd"
  })
  void capturesEachTypeInItsCanonicalForm(TenantType type, String written, String text) {
    Policy policy = ofPrincipals(type, user("app", "${tenant}", "admin", null));
    assertEquals(text, resolved(policy, login(written, "admin")).tenant().text());
  }

  @ParameterizedTest
  @CsvSource({
    "INT64, 07",
    "INT64, +7",
    "INT64, -0",
    "INT64, 7.0",
    "INT64, 1e3",
    "INT64, 9223372036854775808",
    "STRING, a.b",
    "STRING, 'a b'",
    "STRING, \u00e4",
    "UUID, 0123456789ab4cde8f0123456789abcd",
    "UUID, '{01234567-89ab-4cde-8f01-23456789abcd}'"
  })
  void refusesFormsThatAreNotCanonical(TenantType type, String written) {
    Policy policy = ofPrincipals(type, user("app", "${tenant}", "admin", null));
    refused(policy, login(written, "admin"));
  }

  @Test
  void givesAFixedTenantToExactlyThatUser() {
    Policy policy = ofPrincipals(TenantType.OBJECT_ID, user("billing", "billing", "admin", A));
    assertEquals(A, resolved(policy, login("billing", "admin")).tenant().text());
    refused(policy, login("Billing", "admin"));
    refused(policy, login("billing2", "admin"));
    refused(policy, login("billing", "ads"));
  }

  @Test
  void refusesALoginThatEntriesGiveTwoTenants() {
    Policy policy =
        ofPrincipals(
            TenantType.OBJECT_ID,
            user("app", "org-${tenant}", "admin", null),
            user("fixed", "org-" + A, "admin", B));
    assertEquals(
        "entries of principals give two tenants", refused(policy, login("org-" + A, "admin")));
    assertEquals("app", resolved(policy, login("org-" + B, "admin")).entry());
  }

  @Test
  void takesTheFirstEntryWhereSeveralGiveOneTenant() {
    Policy policy =
        ofPrincipals(
            TenantType.OBJECT_ID,
            user("first", "org-" + A, "admin", A),
            user("second", "org-${tenant}", "admin", null));
    assertEquals("first", resolved(policy, login("org-" + A, "admin")).entry());
    assertEquals("second", resolved(policy, login("org-" + B, "admin")).entry());
  }

  @Test
  void capturesTheTenantOfACertificateName() {
    Policy policy =
        ofPrincipals(
            TenantType.OBJECT_ID, certificate("mesh", "spiffe://prod/org/${tenant}", null));
    Principal principal =
        resolved(policy, certificateOf("CN=x", "https://other", "spiffe://prod/org/" + A));
    assertEquals(A, principal.tenant().text());
    assertEquals("CN=x", principal.user());
    assertEquals("$external", principal.authSource());
    refused(policy, certificateOf("spiffe://prod/org/" + A));
    refused(policy, certificateOf("CN=x", "spiffe://test/org/" + A));
    refused(policy, certificateOf("CN=x", "spiffe://prod/org/" + A + "/x"));
    refused(policy, login("spiffe://prod/org/" + A, "$external"));
  }

  @Test
  void refusesACertificateThatNamesTwoTenants() {
    Policy policy =
        ofPrincipals(
            TenantType.OBJECT_ID, certificate("mesh", "spiffe://prod/org/${tenant}", null));
    assertEquals(
        "entries of principals give two tenants",
        refused(policy, certificateOf("CN=x", "spiffe://prod/org/" + A, "spiffe://prod/org/" + B)));
  }

  @Test
  void wantsEveryFieldOfAnEntryToBeMet() {
    Policy policy =
        ofPrincipals(
            TenantType.OBJECT_ID,
            certificate("mesh", "spiffe://prod/org/${tenant}", "CN=gateway,O=Ads"));
    assertEquals(
        "mesh",
        resolved(policy, certificateOf("CN=gateway,O=Ads", "spiffe://prod/org/" + A)).entry());
    refused(policy, certificateOf("CN=gateway", "spiffe://prod/org/" + A));
    refused(policy, certificateOf("CN=gateway,O=Ads"));
  }

  @Test
  void readsTheTenantFromAClaimOfTheRightIssuer() {
    Policy policy =
        ofPrincipals(TenantType.OBJECT_ID, claim("sso", "corporate", "organization_id"));
    Principal principal = resolved(policy, token("corporate", Map.of("organization_id", A)));
    assertEquals(A, principal.tenant().text());
    assertEquals("corporate/sub-1", principal.user());
    refused(policy, token("other", Map.of("organization_id", A)));
    refused(policy, token("corporate", Map.of("Organization_id", A)));
    refused(policy, login(A, "$external"));
  }

  @Test
  void refusesATokenWhoseClaimIsMalformedEvenIfAnotherEntryMatches() {
    PrincipalRule fallback =
        new PrincipalRule(
            "all",
            null,
            null,
            null,
            null,
            null,
            "corporate",
            null,
            PolicySample.tenant(B),
            null,
            PolicySample.PLACE);
    Policy policy =
        ofPrincipals(TenantType.OBJECT_ID, claim("sso", "corporate", "organization_id"), fallback);
    String reason = refused(policy, token("corporate", Map.of("organization_id", "secret")));
    assertEquals("principal sso: the login holds no objectId", reason);
    assertFalse(reason.contains("secret"));
    assertEquals("all", resolved(policy, token("corporate", Map.of())).entry());
  }

  @Test
  void leavesTheTenantOpenForAnEntryThatActsForTenants() {
    PrincipalRule api =
        new PrincipalRule(
            "api",
            Pattern.of("api"),
            "admin",
            null,
            null,
            null,
            null,
            null,
            null,
            new ActsForTenants("api-tokens", "tenant"),
            PolicySample.PLACE);
    Policy policy = ofPrincipals(TenantType.OBJECT_ID, api);
    ActingPrincipal acting =
        assertInstanceOf(PrincipalResolution.Acting.class, policy.resolve(login("api", "admin")))
            .principal();
    TenantValue tenant = TenantValue.parse(TenantType.OBJECT_ID, A);
    assertEquals(new Principal("api", "api", "admin", tenant), acting.actingFor(tenant));
    refused(policy, login("api2", "admin"));
  }

  @Test
  void refusesALoginThatActsForTenantsAndIsAnotherEntryToo() {
    PrincipalRule api =
        new PrincipalRule(
            "api",
            Pattern.of("api"),
            "admin",
            null,
            null,
            null,
            null,
            null,
            null,
            new ActsForTenants("api-tokens", "tenant"),
            new Place("p.yaml", 1, 1));
    PrincipalRule fixed =
        new PrincipalRule(
            "fixed",
            Pattern.of("api"),
            "admin",
            null,
            null,
            null,
            null,
            null,
            TenantValue.parse(TenantType.OBJECT_ID, A),
            null,
            new Place("p.yaml", 2, 1));
    String both = "principal api: acts for tenants, and another entry matches the login too";
    assertEquals(
        both, refused(ofPrincipals(TenantType.OBJECT_ID, api, fixed), login("api", "admin")));
    assertEquals(
        both, refused(ofPrincipals(TenantType.OBJECT_ID, fixed, api), login("api", "admin")));
  }

  @Test
  void takesAClaimOnlyInTheTypeOfTheTenant() {
    PrincipalRule rule = claim("sso", "corporate", "org");
    Policy numbers = ofPrincipals(TenantType.INT64, rule);
    Policy texts = ofPrincipals(TenantType.STRING, rule);
    Map<String, ClaimValue> number = Map.of("org", new ClaimValue("9007199254740993", true));
    Map<String, ClaimValue> text = Map.of("org", new ClaimValue("9007199254740993", false));
    assertEquals(
        "9007199254740993", resolved(numbers, typedToken("corporate", number)).tenant().text());
    assertEquals(
        "9007199254740993", resolved(texts, typedToken("corporate", text)).tenant().text());
    refused(numbers, typedToken("corporate", text));
    refused(texts, typedToken("corporate", number));
  }

  @Test
  void tellsTheSubjectOfATokenFromThatOfACertificate() {
    PrincipalRule ofCertificate =
        new PrincipalRule(
            "mesh",
            null,
            null,
            null,
            null,
            Pattern.of("${tenant}"),
            null,
            null,
            null,
            null,
            new Place("p.yaml", 1, 1));
    PrincipalRule ofToken =
        new PrincipalRule(
            "sso",
            null,
            null,
            null,
            null,
            Pattern.of("${tenant}"),
            "corporate",
            null,
            null,
            null,
            new Place("p.yaml", 1, 1));
    Identity token =
        new Identity(
            "MONGODB-OIDC", null, "$external", A, List.of(), List.of(), "corporate", Map.of());
    refused(ofPrincipals(TenantType.OBJECT_ID, ofCertificate), token);
    refused(ofPrincipals(TenantType.OBJECT_ID, ofToken), certificateOf(A));
    assertEquals(A, resolved(ofPrincipals(TenantType.OBJECT_ID, ofToken), token).tenant().text());
    assertEquals(
        A,
        resolved(ofPrincipals(TenantType.OBJECT_ID, ofCertificate), certificateOf(A))
            .tenant()
            .text());
  }

  @Test
  void capturesTheTenantOfACertificatesHostName() {
    PrincipalRule host =
        new PrincipalRule(
            "pods",
            null,
            null,
            null,
            Pattern.of("${tenant}.pods.example"),
            null,
            null,
            null,
            null,
            null,
            PolicySample.PLACE);
    Policy policy = ofPrincipals(TenantType.OBJECT_ID, host);
    assertEquals(A, resolved(policy, hostOf("x.example", A + ".pods.example")).tenant().text());
    refused(policy, hostOf(A + ".pods.example.evil"));
    refused(policy, hostOf(A + ".pods.example", B + ".pods.example"));
    refused(policy, certificateOf("CN=x", A + ".pods.example"));
    refused(policy, login(A + ".pods.example", "$external"));
  }

  @Test
  void givesAFixedTenantToExactlyThatNameOfACertificate() {
    Policy host =
        ofPrincipals(TenantType.OBJECT_ID, fixed(null, Pattern.of("billing.pods.example")));
    assertEquals(A, resolved(host, hostOf("billing.pods.example")).tenant().text());
    refused(host, hostOf("billing.pods.example.evil"));
    refused(host, hostOf());
    refused(host, certificateOf("CN=x", "billing.pods.example"));
    Policy uri = ofPrincipals(TenantType.OBJECT_ID, fixed(Pattern.of("spiffe://x/billing"), null));
    assertEquals(A, resolved(uri, certificateOf("CN=x", "spiffe://x/billing")).tenant().text());
    refused(uri, certificateOf("CN=x", "spiffe://x/billing2"));
    refused(uri, hostOf("spiffe://x/billing"));
  }

  private static PrincipalRule fixed(@Nullable Pattern sanUri, @Nullable Pattern sanDns) {
    return new PrincipalRule(
        "billing",
        null,
        null,
        sanUri,
        sanDns,
        null,
        null,
        null,
        PolicySample.tenant(A),
        null,
        PolicySample.PLACE);
  }

  private static Identity hostOf(String... hosts) {
    return new Identity(
        "MONGODB-X509", null, null, "CN=x", List.of(), List.of(hosts), null, Map.of());
  }

  @Test
  void refusesAnEntryThatNamesNoParty() {
    PrincipalRule everyone =
        new PrincipalRule(
            "all",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            PolicySample.tenant(A),
            null,
            PolicySample.PLACE);
    refused(ofPrincipals(TenantType.OBJECT_ID, everyone), login("x", "admin"));
  }

  @Test
  void bindsAListenerToItsTenant() {
    Principal principal =
        assertInstanceOf(
                PrincipalResolution.Resolved.class,
                APP.listenerPrincipal("pod", A.toUpperCase(Locale.ROOT)))
            .principal();
    assertEquals("listener/pod", principal.entry());
    assertEquals(A, principal.tenant().text());
    assertEquals(
        "listener pod: its tenant is no objectId",
        assertInstanceOf(PrincipalResolution.Refused.class, APP.listenerPrincipal("pod", "acme"))
            .reason());
  }
}
