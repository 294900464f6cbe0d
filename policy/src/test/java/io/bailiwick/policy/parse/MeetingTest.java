package io.bailiwick.policy.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.parse.Meeting.Spelling;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two names that may be one name, so that what is one tenant's could be another's as well. */
class MeetingTest {
  private static boolean meet(String a, String b, TenantType type, Spelling spelling) {
    boolean met = Meeting.possible(Pattern.of(a), Pattern.of(b), type, spelling);
    assertEquals(met, Meeting.possible(Pattern.of(b), Pattern.of(a), type, spelling), "other way");
    return met;
  }

  /** Values of each type at the ends of their lengths and alphabets, and just beyond. */
  @ParameterizedTest
  @CsvSource({
    "OBJECT_ID, 0123456789abcdefabcdef09, true, true",
    "OBJECT_ID, 0123456789ABCDEFabcdef09, false, true",
    "OBJECT_ID, 0123456789abcdefabcdef0, false, false",
    "OBJECT_ID, 0123456789abcdefabcdef098, false, false",
    "OBJECT_ID, 0123456789abcdefabcdeg09, false, false",
    "OBJECT_ID, 0123456789abcdefabcde`09, false, false",
    "OBJECT_ID, 0123456789abcdefabcde/09, false, false",
    "OBJECT_ID, 0123456789abcdefabcde:09, false, false",
    "OBJECT_ID, 0123456789abcdefabcde-09, false, false",
    "UUID, 01234567-89ab-4cde-8f01-23456789abcf, true, true",
    "UUID, 01234567-89AB-4CDE-8F01-23456789ABCF, false, true",
    "UUID, 01234567-89ab-4cde-8f01-23456789abc, false, false",
    "UUID, 01234567-89ab-4cde-8f01-23456789abcde, false, false",
    "UUID, 01234567-89ab-4cde-8f01-23456789abcg, false, false",
    "UUID, 01234567-89ab-4cde-8f01-23456789abc_, false, false",
    "INT64, 0, true, true",
    "INT64, 9, true, true",
    "INT64, -9223372036854775808, true, true",
    "INT64, -92233720368547758080, false, false",
    "INT64, '', false, false",
    "INT64, a, false, false",
    "INT64, /, false, false",
    "INT64, :, false, false",
    "INT64, ., false, false",
    "STRING, azAZ09_-, true, true",
    "STRING, a, true, true",
    "STRING, '', false, false",
    "STRING, `, false, false",
    "STRING, {, false, false",
    "STRING, @, false, false",
    "STRING, [, false, false",
    "STRING, /, false, false",
    "STRING, :, false, false",
    "STRING, ., false, false",
    "STRING, ^, false, false",
  })
  void aTemplateMeetsTheNamesThatTenantsGiveIt(
      TenantType type, String value, boolean canonical, boolean any) {
    assertEquals(canonical, meet("x${tenant}y", "x" + value + "y", type, Spelling.CANONICAL));
    assertEquals(any, meet("x${tenant}y", "x" + value + "y", type, Spelling.ANY));
    assertEquals(any, meet("${tenant}", value, type, Spelling.ANY));
  }

  @ParameterizedTest
  @CsvSource({"1, true", "64, true", "65, false"})
  void stringsAreAsLongAsTenantsMayBe(int length, boolean met) {
    assertEquals(
        met, meet("x_${tenant}", "x_" + "a".repeat(length), TenantType.STRING, Spelling.CANONICAL));
  }

  @ParameterizedTest
  @CsvSource({
    "a, a, true",
    "a, b, false",
    "a, ab, false",
    "x_${tenant}, x_${tenant}, true",
    "x_${tenant}, y_${tenant}, false",
    "x_${tenant}, ${tenant}, false",
    "a${tenant}, ${tenant}b, true",
    "x${tenant}, ${tenant}b, false",
    "a${tenant}, ${tenant}x, false",
    "${tenant}a, ${tenant}b, false",
    "a${tenant}b, b${tenant}a, false",
    "aa${tenant}, ${tenant}bb, true",
    "aa${tenant}, ${tenant}b, false",
    "x_${tenant}, x_, false",
    "x_${tenant}_y, x__y, false",
  })
  void twoNamesMeetWhereTheyCanBeTheSame(String a, String b, boolean met) {
    assertEquals(met, meet(a, b, TenantType.OBJECT_ID, Spelling.CANONICAL));
  }

  @ParameterizedTest
  @CsvSource({
    "x_${tenant}, ${tenant}, true",
    "x.${tenant}, ${tenant}, false",
    "x_${tenant}, x_y_${tenant}, true",
    "x.${tenant}, x.y.${tenant}, false",
    "x${tenant}, y${tenant}, false",
    "${tenant}.a, ${tenant}.b, false",
  })
  void shortTenantsLeaveRoomForMore(String a, String b, boolean met) {
    assertEquals(met, meet(a, b, TenantType.STRING, Spelling.CANONICAL));
  }
}
