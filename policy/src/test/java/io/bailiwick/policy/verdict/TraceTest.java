package io.bailiwick.policy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
  @Test
  void keepsNotesInOrder() {
    Trace.Recorder recorder = new Trace.Recorder();
    recorder.note("filter", "confined");
    recorder.note("$expr", "guarded");

    assertEquals(List.of("filter: confined", "$expr: guarded"), recorder.notes());
  }

  @Test
  void countsWhatComesBehindTheFirstHundred() {
    Trace.Recorder recorder = new Trace.Recorder();
    for (int i = 0; i < 100; i++) {
      recorder.note("q", "confined");
    }
    assertEquals(100, recorder.notes().size());
    for (int i = 0; i < 50_000; i++) {
      recorder.note("q", "confined");
    }

    List<String> notes = recorder.notes();
    assertEquals(101, notes.size());
    assertEquals("and 50000 more", notes.get(100));
  }
}
