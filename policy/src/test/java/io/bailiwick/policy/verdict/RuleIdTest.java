package io.bailiwick.policy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleIdTest {
  @Test
  void listsEveryBuiltInRule() throws IllegalAccessException {
    Set<String> constants = new HashSet<>();
    for (Field field : RuleId.class.getDeclaredFields()) {
      if (field.getType() == String.class) {
        constants.add((String) field.get(null));
      }
    }
    assertEquals(constants, RuleId.ALL);
  }
}
