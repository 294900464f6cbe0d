package io.bailiwick.policy.model;

import java.util.Map;

/**
 * An index that the policy lists because its key is led by the tenant field: it may be named in a
 * hint and in a duplicate-key error.
 *
 * @param name the index's name
 * @param key field to direction, in order: 1, -1, or a word such as {@code text}
 */
public record IndexSpec(String name, Map<String, Object> key) {}
