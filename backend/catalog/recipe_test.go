package catalog_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The recipe for a kind shows what was written by following it: each line of its Go stands in the kind that it made, or in all.go.
func TestTheRecipeShowsTheKindThatItMade(t *testing.T) {
	written := map[string]bool{}
	files, err := filepath.Glob("aws/ssm/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, "all.go") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			written[strings.TrimSpace(line)] = true
		}
	}
	recipe, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(recipe, -1) {
		for line := range strings.Lines(string(block[1])) {
			if line = strings.TrimSpace(line); line == "…" {
				continue
			}
			if shown++; !written[line] {
				t.Errorf("CONTRIBUTING.md shows a line that is not there: %s", line)
			}
		}
	}
	if shown < 30 {
		t.Errorf("only %d lines were looked at", shown)
	}
}
