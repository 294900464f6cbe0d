package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;
import org.jspecify.annotations.Nullable;

/** A piece of a YAML file that knows where it stands. Immutable. */
public sealed interface YamlNode permits YamlScalar, YamlList, YamlMap {
  YamlSource source();

  /** Where the piece starts. */
  Place place();

  /** The keys that lead here, such as {@code principals[1].user}; empty for the whole file. */
  String path();

  /** What an error calls the piece: the quoted scalar, or the kind of container. */
  String shown();

  /** Collects a problem at this piece. */
  default void fail(ProblemCode code, String message) {
    source().report(place(), code, message, null);
  }

  /** Collects a problem at this piece with the word that was probably meant. */
  default void fail(ProblemCode code, String message, @Nullable String suggestion) {
    source().report(place(), code, message, suggestion);
  }

  /** The piece as a value to be read by type. */
  default YamlField field() {
    return new YamlField(source(), path(), place(), this);
  }
}
