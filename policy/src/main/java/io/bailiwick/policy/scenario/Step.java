package io.bailiwick.policy.scenario;

import io.bailiwick.policy.model.Place;

/**
 * One message and what must become of it.
 *
 * @param message a whole message, header included
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere; one owner
record Step(Place place, byte[] message, Expectation expectation) {}
