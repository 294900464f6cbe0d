package io.bailiwick.policy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.model.Place;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class JUnitReportTest {
  @Test
  void writesXmlThatReadsBack() throws Exception {
    List<ScenarioResult> results =
        List.of(
            new ScenarioResult("passes", new Place("a_test.yaml", 1, 3), null),
            new ScenarioResult(
                "fails <&\"\u0001", new Place("a_test.yaml", 9, 3), "expected: {\"a\": 1}\n <b>"));
    String xml = JUnitReport.of("policies", results);
    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    assertEquals("2", suite.getAttribute("tests"));
    assertEquals("1", suite.getAttribute("failures"));
    Element failed = (Element) suite.getElementsByTagName("testcase").item(1);
    assertEquals("fails <&\"\uFFFD", failed.getAttribute("name"));
    Element failure = (Element) failed.getElementsByTagName("failure").item(0);
    assertEquals("a_test.yaml:9:3", failure.getAttribute("message"));
    assertEquals("expected: {\"a\": 1}\n <b>", failure.getTextContent());
  }
}
