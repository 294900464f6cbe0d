package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/cli"
)

// composeFile loads the file as docker compose does, schema and all.
func composeFile(arguments []string) ([]string, error) {
	if len(arguments) != 1 {
		return nil, errors.New("one file is needed")
	}
	options, err := cli.NewProjectOptions(arguments,
		cli.WithWorkingDirectory(filepath.Dir(arguments[0])), cli.WithName("bailiwick"))
	if err != nil {
		return nil, err
	}
	if _, err := options.LoadProject(context.Background()); err != nil {
		return []string{err.Error()}, nil
	}
	return nil, nil
}
