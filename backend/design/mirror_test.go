package design

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/internal/golden"
)

// The interface's replica reads the same file (frontend/src/design/apply.test.ts).
func TestApplyMirror(t *testing.T) {
	golden.Mirror(t, "testdata/apply.txtar", func(t *testing.T, c map[string][]byte) {
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

func read(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}
