package io.bailiwick.policy.yaml;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the known word that a misspelt one was probably meant to be. */
public final class Suggestion {
  private static final int LONGEST = 64;

  private Suggestion() {}

  /** The nearest of the words, or null if none is near enough; the first in order among equals. */
  public static @Nullable String nearest(String written, Collection<String> words) {
    if (written.length() > LONGEST) {
      return null;
    }
    String folded = written.toLowerCase(Locale.ROOT);
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String word : words) {
      int distance = distance(folded, word.toLowerCase(Locale.ROOT));
      if (distance <= roof(word) && distance < bestDistance) {
        best = word;
        bestDistance = distance;
      }
    }
    return best;
  }

  private static int roof(String word) {
    return word.length() <= 3 ? 1 : Math.min(3, (word.length() + 1) / 3);
  }

  /** Insertions, deletions, replacements and swaps of neighbours between two texts. */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 ? j : j == 0 ? i : cheapest(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int cheapest(int[][] cost, String a, String b, int i, int j) {
    int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int best =
        Math.min(cost[i - 1][j - 1] + same, Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
