package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/**
 * Walks operands of the geospatial operators: known names only, and no more positions than a server
 * compares in reasonable time.
 */
final class GeometryWalker {
  /** Positions of one operand. */
  static final int MAX_POSITIONS = 10_000;

  private final WalkContext context;
  private int numbers;

  GeometryWalker(WalkContext context) {
    this.context = context;
  }

  /** The operand of {@code $geoWithin} or {@code $geoIntersects}. */
  void shape(Elements operand) {
    numbers = 0;
    Elements part = context.document(operand);
    while (part.next()) {
      switch (part.name()) {
        case "$geometry" -> geometry(part);
        case "$box", "$polygon", "$center", "$centerSphere" -> coordinates(part);
        case "$uniqueDocs" -> Operands.bool(part);
        default -> throw Refusals.operator(part);
      }
    }
  }

  /** The operand of {@code $near}: GeoJSON with distances, or a legacy pair of coordinates. */
  void near(Elements operand) {
    numbers = 0;
    if (operand.type() == BsonType.ARRAY || !startsWithOperator(operand)) {
      legacyPoint(operand);
      return;
    }
    Elements part = context.document(operand);
    while (part.next()) {
      switch (part.name()) {
        case "$geometry" -> geometry(part);
        case "$minDistance", "$maxDistance" -> Operands.number(part);
        default -> throw Refusals.operator(part);
      }
    }
  }

  private boolean startsWithOperator(Elements operand) {
    Elements first = context.document(operand);
    return first.next() && first.nameFirstByte() == '$';
  }

  private void legacyPoint(Elements operand) {
    Elements part =
        operand.type() == BsonType.ARRAY ? context.array(operand) : context.document(operand);
    while (part.next()) {
      Operands.number(part);
    }
  }

  private void geometry(Elements geometry) {
    Elements part = context.document(geometry);
    while (part.next()) {
      switch (part.name()) {
        case "type" -> Operands.shortString(part);
        case "coordinates" -> coordinates(part);
        case "crs" -> crs(part);
        case "geometries" -> geometries(part);
        default -> throw Refusals.operator(part);
      }
    }
  }

  private void geometries(Elements list) {
    Elements member = context.array(list);
    while (member.next()) {
      geometry(member);
    }
  }

  private void coordinates(Elements value) {
    if (!BsonType.isContainer(value.type())) {
      Operands.number(value);
      if (++numbers > 2 * MAX_POSITIONS) {
        throw Refusals.limit("a shape of more than " + MAX_POSITIONS + " positions");
      }
      return;
    }
    Elements member =
        value.type() == BsonType.ARRAY ? context.array(value) : context.document(value);
    while (member.next()) {
      coordinates(member);
    }
  }

  private void crs(Elements crs) {
    Elements part = context.document(crs);
    while (part.next()) {
      switch (part.name()) {
        case "type" -> Operands.shortString(part);
        case "properties" -> {
          Elements property = context.document(part);
          while (property.next()) {
            Operands.shortString(property);
          }
        }
        default -> throw Refusals.operator(part);
      }
    }
  }
}
