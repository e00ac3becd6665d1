package design

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"airloom/backend/fault"
)

// The interface's replica reads the same file (frontend/src/design/apply.test.ts).
func TestApplyMirror(t *testing.T) {
	a, err := txtar.ParseFile("testdata/apply.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]map[string][]byte{}
	for _, f := range a.Files {
		name, part, _ := strings.Cut(f.Name, "/")
		if cases[name] == nil {
			cases[name] = map[string][]byte{}
		}
		cases[name][part] = f.Data
	}
	if len(cases) < 10 {
		t.Fatalf("only %d cases were read", len(cases))
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var before Design
			var diff Diff
			read(t, c["before"], &before)
			read(t, c["diff"], &diff)
			got, err := Apply(before, diff)
			if refused := strings.TrimSpace(string(c["refused"])); refused != "" {
				if f := fault.As(err); f == nil || f.Code != fault.Conflict || f.Where != refused {
					t.Fatalf("got %v, want a conflict at %s", err, refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var want Design
			read(t, c["after"], &want)
			if !reflect.DeepEqual(canonical(got), canonical(want)) {
				t.Errorf("got %v, want %v", canonical(got), canonical(want))
			}
		})
	}
}

func read(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}
