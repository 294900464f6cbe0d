package io.bailiwick.policy.verdict;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;

/**
 * What a command does to one collection, remembered where it is to be judged again: by a cursor and
 * by an open transaction, once another generation of the policy is in force.
 */
public record Touch(CollectionAccess access, Effect effect) {}
