package check

import (
	"encoding/json"
	"strings"
	"testing"

	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// probe is a kind with a field of every type.
type probe struct{}

func (probe) Emit(*kind.Scope) error { return nil }

func (probe) Spec() kind.Spec {
	return kind.Spec{ID: "probe", Title: "Probe", Fields: []kind.Field{
		{Name: "text", Title: "Text", Type: kind.Text, Pattern: "[a-z]+|x y"},
		{Name: "must", Title: "Must", Type: kind.Text, Required: true},
		{Name: "number", Title: "Number", Type: kind.Number, Min: kind.Bound(1), Max: kind.Bound(10), Step: 0.5, Unit: "MB"},
		{Name: "flag", Title: "Flag", Type: kind.Flag},
		{Name: "choice", Title: "Choice", Type: kind.Choice, Options: []string{"a", "b"}, Default: "a"},
		{Name: "list", Title: "List", Type: kind.List, Pattern: "[a-z]+"},
		{Name: "map", Title: "Map", Type: kind.Map},
		{Name: "named", Title: "Named", Type: kind.Map, References: true},
		{Name: "rows", Title: "Rows", Type: kind.Rows, Columns: []kind.Field{{Name: "key", Title: "Key", Type: kind.Text, Required: true}}},
		{Name: "json", Title: "JSON", Type: kind.JSON},
	}, Ports: []kind.Port{
		{ID: "in", Title: "In", Dir: kind.In, Max: 1, Speaks: []kind.Speak{{Protocol: kind.Call}}, Fields: []kind.Field{{Name: "size", Title: "Size", Type: kind.Number}}},
		{ID: "out", Title: "Out", Dir: kind.Out, Speaks: []kind.Speak{{Protocol: kind.Call}}, Fields: []kind.Field{{Name: "name", Title: "Name", Type: kind.Text}}},
	}}
}

func TestValuesThatFieldsDoNotTake(t *testing.T) {
	for props, wanted := range map[string]string{
		`{"must": "m"}`: "",
		`{"must": "m", "text": "abc", "number": 1.5, "flag": false, "choice": "b", "list": ["a"], "map": {"k": "v"}, "rows": [{"key": "k"}], "json": [null]}`: "",
		`{"must": "m", "text": "x y", "number": null, "choice": ""}`:                                                                                          "",
		`{}`:                                              "must: p: Must is missing",
		`{"must": ""}`:                                    "must: p: Must is missing",
		`{"must": "m", "text": "abc1"}`:                   `text: p: Text is "abc1", which is not allowed`,
		`{"must": "m", "text": "x yz"}`:                   `text: p: Text is "x yz", which is not allowed`,
		`{"must": 5}`:                                     "must: p: Must is no text",
		`{"must": "m", "number": "5"}`:                    "number: p: Number is no number",
		`{"must": "m", "number": 11}`:                     "number: p: Number is 11 MB, and takes 1 to 10",
		`{"must": "m", "number": 1.2}`:                    "number: p: Number is 1.2, and takes steps of 0.5",
		`{"must": "m", "flag": "true"}`:                   "flag: p: Flag is neither true nor false",
		`{"must": "m", "choice": "c"}`:                    `choice: p: Choice is "c", and is one of a, b`,
		`{"must": "m", "list": "a"}`:                      "list: p: List is no list of texts",
		`{"must": "m", "list": ["a", 1]}`:                 "list: p: List is no list of texts",
		`{"must": "m", "list": ["A"]}`:                    `list: p: List is "A", which is not allowed`,
		`{"must": "m", "map": {"k": 1}}`:                  "map: p: Map is no table of texts",
		`{"must": "m", "map": {"k": {"$ref": "orders"}}}`: "map: p: Map is no table of texts",
		`{"must": "m", "named": {"k": "v", "r": {"$ref": "orders"}, "a": {"$getAtt": ["orders", "Arn"]}}}`: "",
		`{"must": "m", "named": {"k": {"$ref": "Not An Id"}}}`:                                             "named: p: Named is no table of texts",
		`{"must": "m", "named": {"k": {"Ref": "Orders"}}}`:                                                 "named: p: Named is no table of texts",
		`{"must": "m", "rows": {}}`:                                                                        "rows: p: Rows is no list of rows",
		`{"must": "m", "rows": [1]}`:                                                                       "rows: p: Rows is no list of rows",
		`{"must": "m", "rows": [{}]}`:                                                                      "rows[0].key: p: Key is missing",
		`{"must": "m", "rows": [{"key": true, "no": 1}]}`:                                                  "rows[0].key: p: Key is no text" + `; rows[0].no: p: a row of Rows has no field "no", so that it changes nothing`,
		`{"must": "m", "other": 1}`:                                                                        `other: p: a Probe has no field "other", so that it changes nothing`,
	} {
		d := design.New()
		n := design.Node{ID: "p", Kind: "probe", Name: "p"}
		if err := json.Unmarshal([]byte(props), &n.Props); err != nil {
			t.Fatal(err)
		}
		d.Nodes["p"] = n
		var got []string
		for _, f := range Design(d, kind.Shelf{probe{}}) {
			got = append(got, f.Field+": "+f.Message)
			if f.Node != "p" || f.Rule != "field" || (f.Severity == fault.Blocking) == strings.Contains(f.Message, "changes nothing") {
				t.Errorf("%s: %+v", props, f)
			}
		}
		if all := strings.Join(got, "; "); all != wanted {
			t.Errorf("%s\n got %s\nwant %s", props, all, wanted)
		}
	}
}

func TestWiresTakeTheFieldsOfBothPorts(t *testing.T) {
	d := design.New()
	for _, id := range []design.ID{"a", "b", "c"} {
		d.Nodes[id] = design.Node{ID: id, Kind: "probe", Name: string(id), Props: design.Props{"must": "m"}}
	}
	wire := func(id, from design.ID, props design.Props) {
		d.Edges[id] = design.Edge{ID: id, From: design.End{Node: from, Port: "out"}, To: design.End{Node: "c", Port: "in"}, Protocol: "call", Props: props}
	}
	wire("a-to-c", "a", design.Props{"size": 5.0, "name": "n"})
	if got := Design(d, kind.Shelf{probe{}}); len(got) != 0 {
		t.Error(got)
	}
	wire("b-to-c", "b", design.Props{"size": "big", "colour": "red"})
	got := Design(d, kind.Shelf{probe{}})
	if len(got) != 3 || got[0].Field != "size" || got[0].Node != "b-to-c" || got[1].Field != "colour" || got[2].Rule != "crowded-port" || got[2].Node != "c" || got[2].Severity != fault.Blocking {
		t.Errorf("%+v", got)
	}
}
