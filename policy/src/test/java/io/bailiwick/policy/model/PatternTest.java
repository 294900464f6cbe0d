package io.bailiwick.policy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "org-${tenant}-org, org-acme-org, acme",
        "org-${tenant}-org, org-a-org, a",
        "org-${tenant}-org, org--org, -",
        "org-${tenant}-org, org-org, -",
        "org-${tenant}-org, org-, -",
        "org-${tenant}-org, -org, -",
        "org-${tenant}-org, xorg-acme-org, -",
        "org-${tenant}-org, org-acme-orgs, -",
        "spiffe://a/${tenant}/app, spiffe://a/acme/app, acme",
        "spiffe://a/${tenant}/app, spiffe://a/acme/apx, -",
        "spiffe://a/${tenant}/app, spiffe://a/acme1234, -",
        "spiffe://a/${tenant}/app, spiffe://b/acme/app, -",
        "${tenant}.example.com, acme.example.com, acme",
        "${tenant}.example.com, acme.example.org, -",
        "${tenant}.example.com, .example.com, -",
        "${tenant}, acme, acme",
        "${tenant}, '', -",
        "acme, acme, -",
      })
  void capturesOnlyWhatStandsBetweenBothEnds(String pattern, String text, String captured) {
    assertEquals(
        captured,
        Pattern.of(pattern).capture(text, TenantType.STRING).map(TenantValue::text).orElse(null));
  }

  @ParameterizedTest
  @CsvSource({
    "acme, acme, true",
    "acme, Acme, false",
    "acme, acme1, false",
    "a-${tenant}, a-b, true",
    "a-${tenant}, a-, false",
    "a-${tenant}-b, a-c-d, false",
  })
  void isMetByTheWholeTextOnly(String pattern, String text, boolean met) {
    assertEquals(met, Pattern.of(pattern).matches(text, TenantType.STRING));
  }
}
