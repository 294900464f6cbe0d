package io.bailiwick.proxy.client;

import io.bailiwick.protocol.OpCode;

/**
 * What must be known of a message to answer it.
 *
 * @param opCode OP_MSG or OP_QUERY; the answer has its form
 * @param silent true if the client waits for no answer
 * @param startedNanos when the message was handed over
 */
record Request(int opCode, int requestId, boolean silent, long startedNanos) {
  static Request message(int requestId, boolean silent, long startedNanos) {
    return new Request(OpCode.OP_MSG, requestId, silent, startedNanos);
  }

  static Request query(int requestId, long startedNanos) {
    return new Request(OpCode.OP_QUERY, requestId, false, startedNanos);
  }
}
