package kind

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// The interface's replica reads the same file (frontend/src/catalog/connect.test.ts).
func TestConnectMirror(t *testing.T) {
	a, err := txtar.ParseFile("testdata/connect.txtar")
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
}
