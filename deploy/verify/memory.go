package main

import (
	"context"
	"sort"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

const scrapeInterval = 15 * time.Second

// memory is as much of a time series database as the query engine needs.
type memory struct {
	series []*samples
}

type samples struct {
	labels labels.Labels
	points []chunks.Sample
}

func (m *memory) add(series labels.Labels, at int64, value float64) {
	point := sample{at, value}
	for _, known := range m.series {
		if labels.Equal(known.labels, series) {
			known.points = append(known.points, point)
			return
		}
	}
	m.series = append(m.series, &samples{series, []chunks.Sample{point}})
}

func (m *memory) Querier(_, _ int64) (storage.Querier, error) { return m, nil }

func (m *memory) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	var found []storage.Series
	for _, series := range m.series {
		if matches(series.labels, matchers) {
			found = append(found, storage.NewListSeries(series.labels, series.points))
		}
	}
	sort.Slice(found, func(a, b int) bool { return labels.Compare(found[a].Labels(), found[b].Labels()) < 0 })
	return &list{found: found, at: -1}
}

func matches(series labels.Labels, matchers []*labels.Matcher) bool {
	for _, matcher := range matchers {
		if !matcher.Matches(series.Get(matcher.Name)) {
			return false
		}
	}
	return true
}

func (m *memory) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (m *memory) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (m *memory) Close() error { return nil }

type list struct {
	found []storage.Series
	at    int
}

func (l *list) Next() bool                        { l.at++; return l.at < len(l.found) }
func (l *list) At() storage.Series                { return l.found[l.at] }
func (l *list) Err() error                        { return nil }
func (l *list) Warnings() annotations.Annotations { return nil }

type sample struct {
	at    int64
	value float64
}

func (s sample) T() int64                      { return s.at }
func (s sample) ST() int64                     { return 0 }
func (s sample) F() float64                    { return s.value }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }
