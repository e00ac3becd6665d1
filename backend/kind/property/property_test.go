package property

import (
	"encoding/json"
	"reflect"
	"testing"

	"airloom/backend/cfn"
)

func TestValues(t *testing.T) {
	var p map[string]any
	if err := json.Unmarshal([]byte(`{"Text":"a","Inner":{"Deep":{"Text":"b","Number":"7"}},"List":["a",1,{"b":"c"},"d"],"Half":1.5,"Whole":1000000,"Word":"x"}`), &p); err != nil {
		t.Fatal(err)
	}
	p["Later"] = cfn.Ref("Other")
	for _, c := range []struct{ got, want any }{
		{Text(p, "Text"), "a"}, {Text(p, "Inner", "Deep", "Text"), "b"}, {Text(p, "Text", "Deep"), ""}, {Text(p, "Whole"), ""}, {Text(p, "Later"), ""}, {Text("a"), "a"},
		{At(p, "Inner", "None", "Text"), nil}, {At(nil, "Text"), nil}, {At(p, "Inner", "Deep", "Number"), "7"},
		{Texts(p["List"]), []string{"a", "d"}}, {Texts(p["Text"]), []string(nil)},
		{Objects(p["List"]), []map[string]any{{"b": "c"}}},
		{Flag(true), true}, {Flag("true"), true}, {Flag("True"), false}, {Flag(false), false}, {Flag(nil), false}, {Flag(1), false}, {Flag(map[string]any{"On": "true"}, "On"), true},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%#v, want %#v", c.got, c.want)
		}
	}
}

func TestIntegers(t *testing.T) {
	for _, c := range []struct {
		v    any
		want int
		ok   bool
	}{
		{7, 7, true}, {int64(-7), -7, true}, {7.0, 7, true}, {1e6, 1000000, true}, {"7", 7, true}, {map[string]any{"N": "8"}, 0, false},
		{7.5, 0, false}, {"7.0", 0, false}, {"", 0, false}, {nil, 0, false}, {true, 0, false}, {cfn.Ref("Other"), 0, false},
	} {
		if n, ok := Integer(c.v); n != c.want || ok != c.ok {
			t.Errorf("%#v reads as %d, %t", c.v, n, ok)
		}
	}
	if n, ok := Integer(map[string]any{"Inner": map[string]any{"N": "8"}}, "Inner", "N"); n != 8 || !ok {
		t.Errorf("%d, %t", n, ok)
	}
}

func TestObjects(t *testing.T) {
	want := map[string]any{"a": "b"}
	for _, v := range []any{want, `{"a":"b"}`} {
		if m, ok := Object(v); !ok || !reflect.DeepEqual(m, want) {
			t.Errorf("%#v reads as %v, %t", v, m, ok)
		}
	}
	for _, v := range []any{"a", `[1]`, nil, 1, cfn.Ref("Other")} {
		if m, ok := Object(v); ok {
			t.Errorf("%#v reads as %v", v, m)
		}
	}
}
