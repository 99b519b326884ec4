package dev.vitrine.weights.keras;

import dev.vitrine.weights.BadInputException;
import java.util.List;
import java.util.Map;

/**
 * What a layer's configuration says, with types.
 *
 * @param where begins every message: {@code conv1 in cat.h5}
 */
record Settings(String where, Map<?, ?> values) {

  /** True if the setting is there and not null. */
  boolean has(String key) {
    return values.get(key) != null;
  }

  /** The setting as it was parsed, or null. */
  Object raw(String key) {
    return values.get(key);
  }

  /** What an input's batches look like, null where the model leaves it open; null if not said. */
  Object batchShape() {
    return raw(has("batch_shape") ? "batch_shape" : "batch_input_shape");
  }

  /**
   * What PyTorch calls the layer, where the project's own architectures say it: its linear part,
   * and then its activation.
   */
  List<String> modules() {
    return raw("modules") instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  String text(String key, String otherwise) {
    Object value = values.get(key);
    if (value == null && otherwise != null) {
      return otherwise;
    }
    if (value instanceof String text) {
      return text;
    }
    throw unexpected(key, "a text");
  }

  boolean flag(String key, boolean otherwise) {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw unexpected(key, "true or false");
  }

  double number(String key, double otherwise) {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw unexpected(key, "a number");
  }

  /** A whole number of at least 1; the setting must be there. */
  int positive(String key) {
    return whole(key, values.get(key), 1);
  }

  /** A whole number of at least 1. */
  int positive(String key, int otherwise) {
    return has(key) ? positive(key) : otherwise;
  }

  /** {@code 3} or {@code [3, 3]}: height and width. */
  int[] pair(String key, int least) {
    return pair(key, values.get(key), least);
  }

  /** {@code 1}, {@code [1, 2]} or {@code [[1, 1], [2, 2]]}: top, bottom, left and right. */
  int[] sides(String key) {
    Object value = values.get(key);
    if (value instanceof List<?> list && list.size() == 2 && list.get(0) instanceof List<?>) {
      int[] rows = pair(key, list.get(0), 0);
      int[] columns = pair(key, list.get(1), 0);
      return new int[] {rows[0], rows[1], columns[0], columns[1]};
    }
    if (value instanceof List<?> list && list.size() == 4) { // Keras 1's way
      return list.stream().mapToInt(side -> whole(key, side, 0)).toArray();
    }
    int[] both = pair(key, value, 0);
    return new int[] {both[0], both[0], both[1], both[1]};
  }

  /** One number, or a list of several. */
  double[] numbers(String key, double otherwise) {
    if (!(values.get(key) instanceof List<?> list)) {
      return new double[] {number(key, otherwise)};
    }
    if (list.isEmpty() || !list.stream().allMatch(v -> v instanceof Number)) {
      throw unexpected(key, "numbers");
    }
    return list.stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
  }

  /** A list of whole numbers. */
  List<Integer> wholes(String key, int least) {
    if (values.get(key) instanceof List<?> list) {
      return list.stream().map(v -> whole(key, v, least)).toList();
    }
    throw unexpected(key, "a list of whole numbers");
  }

  private int[] pair(String key, Object value, int least) {
    if (value instanceof List<?> list) {
      if (list.size() != 2) {
        throw unexpected(key, "two numbers");
      }
      return new int[] {whole(key, list.get(0), least), whole(key, list.get(1), least)};
    }
    int both = whole(key, value, least);
    return new int[] {both, both};
  }

  private int whole(String key, Object value, int least) {
    if (value instanceof Long number && number >= least && number <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw unexpected(key, "whole numbers of " + least + " or more");
  }

  BadInputException unexpected(String key, String expected) {
    Object value = values.get(key);
    return refused(
        "setting '"
            + key
            + "' is "
            + (value == null ? "missing" : String.valueOf(value))
            + ", expected "
            + expected);
  }

  BadInputException refused(String what) {
    return new BadInputException(where + ": " + what);
  }
}
