package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	network "k8s.io/api/networking/v1"
	disruption "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	stream "k8s.io/apimachinery/pkg/util/yaml"
	security "k8s.io/pod-security-admission/api"
	evaluate "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// The kinds that deploy/ may hold, each with the type that Kubernetes itself reads it into.
var kinds = map[string]func() any{
	"v1/ConfigMap":                       func() any { return new(core.ConfigMap) },
	"v1/Secret":                          func() any { return new(core.Secret) },
	"v1/Service":                         func() any { return new(core.Service) },
	"v1/ServiceAccount":                  func() any { return new(core.ServiceAccount) },
	"v1/Namespace":                       func() any { return new(core.Namespace) },
	"v1/Pod":                             func() any { return new(core.Pod) },
	"apps/v1/Deployment":                 func() any { return new(apps.Deployment) },
	"apps/v1/StatefulSet":                func() any { return new(apps.StatefulSet) },
	"apps/v1/DaemonSet":                  func() any { return new(apps.DaemonSet) },
	"batch/v1/Job":                       func() any { return new(batch.Job) },
	"batch/v1/CronJob":                   func() any { return new(batch.CronJob) },
	"policy/v1/PodDisruptionBudget":      func() any { return new(disruption.PodDisruptionBudget) },
	"networking.k8s.io/v1/NetworkPolicy": func() any { return new(network.NetworkPolicy) },
	"monitoring.coreos.com/v1/PodMonitor": func() any {
		return new(monitoring.PodMonitor)
	},
	"monitoring.coreos.com/v1/ServiceMonitor": func() any {
		return new(monitoring.ServiceMonitor)
	},
	"monitoring.coreos.com/v1/PrometheusRule": func() any {
		return new(monitoring.PrometheusRule)
	},
}

// manifests reads every document as strictly as the API server with field validation does, and judges every pod by the restricted profile.
func manifests(files []string) ([]string, error) {
	evaluator, err := evaluate.NewEvaluator(evaluate.DefaultChecks(), nil)
	if err != nil {
		return nil, err
	}
	var findings []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		documents := stream.NewYAMLReader(newReader(content))
		for number := 1; ; number++ {
			document, err := documents.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, err
			}
			if len(bytes.TrimSpace(document)) == 0 {
				continue
			}
			for _, finding := range judge(document, evaluator) {
				findings = append(findings, fmt.Sprintf("%s: document %d: %s", file, number, finding))
			}
		}
	}
	return findings, nil
}

func judge(document []byte, evaluator evaluate.Evaluator) []string {
	var head meta.TypeMeta
	if err := yaml.Unmarshal(document, &head); err != nil {
		return []string{err.Error()}
	}
	kind := head.APIVersion + "/" + head.Kind
	if kinds[kind] == nil {
		return []string{kind + " is not a kind that belongs here"}
	}
	object := kinds[kind]()
	if err := yaml.UnmarshalStrict(document, object); err != nil {
		return []string{kind + ": " + err.Error()}
	}
	template := podOf(object)
	if template == nil {
		return nil
	}
	level := security.LevelVersion{Level: security.LevelRestricted, Version: security.LatestVersion()}
	result := evaluate.AggregateCheckResults(evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec))
	if !result.Allowed {
		return []string{kind + ": Pod Security restricted: " + result.ForbiddenDetail()}
	}
	return nil
}

func podOf(object any) *core.PodTemplateSpec {
	switch typed := object.(type) {
	case *core.Pod:
		return &core.PodTemplateSpec{ObjectMeta: typed.ObjectMeta, Spec: typed.Spec}
	case *apps.Deployment:
		return &typed.Spec.Template
	case *apps.StatefulSet:
		return &typed.Spec.Template
	case *apps.DaemonSet:
		return &typed.Spec.Template
	case *batch.Job:
		return &typed.Spec.Template
	case *batch.CronJob:
		return &typed.Spec.JobTemplate.Spec.Template
	default:
		return nil
	}
}
