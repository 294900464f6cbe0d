// Command verify holds what stands in deploy/ against the tools that will read it: Kubernetes' own types and Pod Security, the Prometheus
// operator's types, Prometheus' own query engine and metric lint, and the compose loader.
package main

import (
	"fmt"
	"os"
)

type verb struct {
	usage string
	run   func(arguments []string) ([]string, error)
}

var verbs = map[string]verb{
	"manifests": {"manifests FILE...", manifests},
	"queries":   {"queries FIRST-SCRAPE SECOND-SCRAPE METRICS-PAGE FILE...", queries},
	"lint":      {"lint SCRAPE", lint},
	"compose":   {"compose FILE", composeFile},
}

func main() {
	if len(os.Args) < 2 || verbs[os.Args[1]].run == nil {
		for _, known := range verbs {
			fmt.Fprintln(os.Stderr, "usage: verify "+known.usage)
		}
		os.Exit(2)
	}
	findings, err := verbs[os.Args[1]].run(os.Args[2:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "verify %s: %v\n", os.Args[1], err)
		os.Exit(2)
	}
	for _, finding := range findings {
		fmt.Fprintln(os.Stderr, finding)
	}
	if len(findings) > 0 {
		os.Exit(1)
	}
}
