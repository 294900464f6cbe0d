package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"
)

func newReader(content []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(content)) }

// What Prometheus adds to every series when it scrapes a pod.
var added = []string{"job", "instance", "namespace", "pod", "container"}

// lint says what promtool check metrics would say.
func lint(arguments []string) ([]string, error) {
	if len(arguments) != 1 {
		return nil, errors.New("one scrape is needed")
	}
	content, err := os.ReadFile(arguments[0])
	if err != nil {
		return nil, err
	}
	problems, err := promlint.New(bytes.NewReader(content)).Lint()
	if err != nil {
		return nil, err
	}
	var findings []string
	for _, problem := range problems {
		findings = append(findings, problem.Metric+": "+problem.Text)
	}
	return findings, nil
}

// queries evaluates every query of dashboards and rules over two scrapes, and finds those that name a metric or a label that does not exist.
func queries(arguments []string) ([]string, error) {
	if len(arguments) < 4 {
		return nil, errors.New("two scrapes, the page of metrics and at least one file are needed")
	}
	store := &memory{}
	names := map[string]map[string]bool{}
	for at, file := range arguments[:2] {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := store.load(content, int64(at)*scrapeInterval.Milliseconds(), names); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	if err := page(arguments[2], names); err != nil {
		return nil, err
	}
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1_000_000, Timeout: 10 * time.Second})
	var findings []string
	count := 0
	for _, file := range arguments[3:] {
		found, err := expressions(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, expression := range found {
			count++
			for _, finding := range evaluateOne(engine, store, expression, names) {
				findings = append(findings, fmt.Sprintf("%s: %s: %s", file, expression, finding))
			}
		}
	}
	fmt.Printf("%d queries evaluated over %d series\n", count, len(store.series))
	return findings, nil
}

func evaluateOne(engine *promql.Engine, store *memory, text string, names map[string]map[string]bool) []string {
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return []string{err.Error()}
	}
	findings := unknown(parsed, names)
	query, err := engine.NewInstantQuery(context.Background(), store, nil, text, time.UnixMilli(scrapeInterval.Milliseconds()))
	if err != nil {
		return append(findings, err.Error())
	}
	defer query.Close()
	if result := query.Exec(context.Background()); result.Err != nil {
		findings = append(findings, result.Err.Error())
	}
	return findings
}

// unknown names the metrics and labels of an expression that no series and no line of the page has.
func unknown(expression parser.Expr, names map[string]map[string]bool) []string {
	var findings []string
	known := map[string]bool{}
	var grouped []string
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		switch typed := node.(type) {
		case *parser.VectorSelector:
			of := labelsOf(typed, names)
			if of == nil {
				findings = append(findings, "no metric "+typed.String())
				return nil
			}
			for label := range of {
				known[label] = true
			}
			for _, matcher := range typed.LabelMatchers {
				if matcher.Name != labels.MetricName && !of[matcher.Name] && !slices.Contains(added, matcher.Name) {
					findings = append(findings, "no label "+matcher.Name+" on "+typed.Name)
				}
			}
		case *parser.AggregateExpr:
			grouped = append(grouped, typed.Grouping...)
		}
		return nil
	})
	for _, label := range grouped {
		if !known[label] && !slices.Contains(added, label) {
			findings = append(findings, "no label "+label+" to group by")
		}
	}
	sort.Strings(findings)
	return findings
}

// labelsOf is what the metrics have that a selector picks, by name or by patterns of names; nil if it picks none.
func labelsOf(selector *parser.VectorSelector, names map[string]map[string]bool) map[string]bool {
	if selector.Name != "" {
		return names[selector.Name]
	}
	var of map[string]bool
	for name, labelled := range names {
		picked := true
		for _, matcher := range selector.LabelMatchers {
			picked = picked && (matcher.Name != labels.MetricName || matcher.Matches(name))
		}
		if picked {
			if of == nil {
				of = map[string]bool{}
			}
			maps.Copy(of, labelled)
		}
	}
	return of
}

// The generated page lists labels of metrics that have no series until something happens.
var row = regexp.MustCompile("^\\| `(\\w+)` \\| (\\w+) \\| ([^|]*) \\|")

func page(file string, names map[string]map[string]bool) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, line := range strings.Split(string(content), "\n") {
		match := row.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		series := []string{match[1]}
		if match[2] == "histogram" {
			series = []string{match[1] + "_bucket", match[1] + "_count", match[1] + "_sum"}
		}
		for _, name := range series {
			if names[name] == nil {
				names[name] = map[string]bool{}
			}
			for _, label := range strings.Split(match[3], ",") {
				names[name][strings.Trim(label, " `")] = true
			}
		}
	}
	return nil
}

// expressions finds the queries of a Grafana dashboard or of a file of rules.
func expressions(file string) ([]string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(file, ".json") {
		var dashboard any
		if err := json.Unmarshal(content, &dashboard); err != nil {
			return nil, err
		}
		return panels(dashboard), nil
	}
	var rule monitoring.PrometheusRule
	if err := yaml.UnmarshalStrict(content, &rule); err != nil {
		return nil, err
	}
	var found []string
	for _, group := range rule.Spec.Groups {
		for _, alert := range group.Rules {
			found = append(found, alert.Expr.String())
		}
	}
	return found, nil
}

// What Grafana puts in place of its variables.
var variables = strings.NewReplacer("$__rate_interval", "5m", "$namespace", ".*", "$pod", ".*", "$__range", "1h")

var listed = regexp.MustCompile(`^label_values\((.*), *\w+\)$`)

func panels(node any) []string {
	var found []string
	switch typed := node.(type) {
	case map[string]any:
		for key, value := range typed {
			text, isText := value.(string)
			if key == "expr" && isText {
				found = append(found, variables.Replace(text))
			} else if match := listed.FindStringSubmatch(text); key == "query" && isText && match != nil {
				found = append(found, variables.Replace(match[1]))
			} else {
				found = append(found, panels(value)...)
			}
		}
	case []any:
		for _, value := range typed {
			found = append(found, panels(value)...)
		}
	}
	return found
}

func (m *memory) load(content []byte, at int64, names map[string]map[string]bool) error {
	scrape := textparse.NewPromParser(content, labels.NewSymbolTable(), false)
	for {
		entry, err := scrape.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, _, value := scrape.Series()
		var series labels.Labels
		scrape.Labels(&series)
		m.add(series, at, value)
		name := series.Get(labels.MetricName)
		if names[name] == nil {
			names[name] = map[string]bool{}
		}
		series.Range(func(label labels.Label) { names[name][label.Name] = true })
	}
}
