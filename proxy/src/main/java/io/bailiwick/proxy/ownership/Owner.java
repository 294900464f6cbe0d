package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.BoundPolicy;

/**
 * On whose behalf a command is sent.
 *
 * @param policy the bound policy: principal, tenant and generation
 * @param connectionId the client connection's id, unique in this process
 */
public record Owner(BoundPolicy policy, long connectionId) {}
