package kind

import (
	"encoding/json"
	"reflect"
	"testing"

	"airloom/backend/internal/golden"
)

// The interface's replica reads the same file (frontend/src/catalog/connect.test.ts).
func TestConnectMirror(t *testing.T) {
	golden.Mirror(t, "testdata/connect.txtar", func(t *testing.T, c map[string][]byte) {
		var from, to Port
		var want []Match
		for part, into := range map[string]any{"from": &from, "to": &to, "ways": &want} {
			if err := json.Unmarshal(c[part], into); err != nil {
				t.Fatalf("%s: %v", part, err)
			}
		}
		if got := CanConnect(from, to); len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
