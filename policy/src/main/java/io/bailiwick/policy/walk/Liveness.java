package io.bailiwick.policy.walk;

/**
 * What an expression may rely on where it stands. MongoDB gives no order of evaluation inside a
 * filter and moves filters forward, so an expression that can fail must be kept from documents of
 * other tenants by more than a filter in front of it.
 */
public enum Liveness {
  /** No document of another tenant has come from any source so far: nothing needs guarding. */
  UNSHARED,
  /** Every source is shared and the tenant field is as stored: expressions are guarded by it. */
  LIVE,
  /** The tenant field may be gone or forged: expressions that can fail are barred. */
  ENDED;

  /** Where the documents of a collection enter a filter or a pipeline. */
  static Liveness of(boolean shared) {
    return shared ? LIVE : UNSHARED;
  }

  /** Behind something that may have taken or rewritten the tenant field. */
  Liveness ended() {
    return this == UNSHARED ? UNSHARED : ENDED;
  }

  /** Behind a join with documents that are fields of ours from then on. */
  Liveness joining(Liveness joined) {
    return this == UNSHARED && joined != UNSHARED ? ENDED : this;
  }

  /** Behind a union: one state holds for all documents only if it held for both halves. */
  Liveness uniting(Liveness united) {
    return this == united ? this : ENDED;
  }

  /** The same, unless the tenant field is written or dropped. */
  Liveness unless(boolean touchesTenantField) {
    return touchesTenantField ? ended() : this;
  }
}
