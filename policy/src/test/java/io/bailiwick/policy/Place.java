package io.bailiwick.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One place in a command where only listed names may stand, as a file of {@code tables/} tells it,
 * written apart from the product's own tables.
 *
 * <pre>
 * name of the place
 * in {…, %}            a command; % is where a name with its value stands
 * with another place   names of that place may stand here as well; or
 * with names without a dollar
 * else rule            the rule that denies every other name
 *   name right         a value that is taken
 *   name right ! wrong and one that is not
 * </pre>
 *
 * {@code %A%} and {@code %B%} stand for the tenants' values.
 */
public record Place(String title, String command, String rule, List<String> with, List<Row> rows) {
  private static final Pattern ROW = Pattern.compile("  (\\S+) (.*?)(?: ! (.*))?");
  static final String[] FILES = {
    "commands.places",
    "options.places",
    "filters.places",
    "expressions.places",
    "pipelines.places",
    "updates.places"
  };

  /**
   * @param wrong a value that is refused, or null if the place takes any
   */
  public record Row(Place place, String name, String right, @Nullable String wrong) {
    String withRight() {
      return place.with(name, right);
    }

    String withWrong() {
      return place.with(name, String.valueOf(wrong));
    }

    @Override
    public String toString() {
      return place.title + ": " + name;
    }
  }

  /** The command with that name and value in the place. */
  String with(String name, String value) {
    return command.replaceFirst("%(?![AB]%)", Matcher.quoteReplacement("'" + name + "': " + value));
  }

  /** The names that may stand in the place. */
  public Set<String> names() {
    return rows.stream().map(Row::name).collect(Collectors.toCollection(TreeSet::new));
  }

  /** All places of all files, by title. */
  public static Map<String, Place> all() throws IOException {
    Map<String, Place> places = new LinkedHashMap<>();
    for (String file : FILES) {
      for (String block : text(file).split("\n\\s*\n")) {
        List<String> lines =
            block.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).toList();
        if (!lines.isEmpty()) {
          Place place = parse(lines);
          if (places.put(place.title, place) != null) {
            throw new IOException("a place told twice: " + place.title);
          }
        }
      }
    }
    return places;
  }

  private static Place parse(List<String> lines) throws IOException {
    String command = "";
    String rule = "";
    List<String> with = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("in ")) {
        command = line.substring(3);
      } else if (line.startsWith("else ")) {
        rule = line.substring(5);
      } else if (line.startsWith("with ")) {
        with.add(line.substring(5));
      }
    }
    Place place = new Place(lines.get(0), command, rule, with, new ArrayList<>());
    for (String line : lines) {
      if (line.startsWith("  ")) {
        Matcher row = ROW.matcher(line);
        if (!row.matches()) {
          throw new IOException("no row: " + line);
        }
        place.rows.add(new Row(place, row.group(1), row.group(2), row.group(3)));
      }
    }
    return place;
  }

  private static String text(String file) throws IOException {
    try (InputStream in = Place.class.getResourceAsStream("tables/" + file)) {
      if (in == null) {
        throw new IOException("no such file of places: " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Names that may not stand here although they may elsewhere. */
  Set<String> strangers(Map<String, Place> all) {
    Set<String> names = new TreeSet<>();
    all.values().forEach(place -> names.addAll(place.names()));
    names.removeAll(names());
    all.values().stream()
        .filter(place -> with.contains(place.title))
        .forEach(place -> names.removeAll(place.names()));
    names.removeIf(name -> command.startsWith("{" + name + ":"));
    if (with.contains("names without a dollar")) {
      names.removeIf(name -> !name.startsWith("$"));
    }
    return names;
  }

  @Override
  public String toString() {
    return title;
  }
}
