package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;
import java.util.List;

/** A sequence, in file order. */
public record YamlList(YamlSource source, Place place, String path, List<YamlNode> items)
    implements YamlNode {
  public YamlList {
    items = List.copyOf(items);
  }

  @Override
  public String shown() {
    return "a list";
  }
}
