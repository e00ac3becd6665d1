package eventrule

import (
	"encoding/json"
	"strings"
	"testing"
)

const order = `{"id": "e1", "source": "shop", "detail": {"id": "A \"17\"", "total": 42.50, "lines": [{"sku": "x"}, {"sku": "y"}], "note": null, "odd.key": true, "a<b": "x & <y>"}}`

func TestWhatATargetGets(t *testing.T) {
	paths := map[string]any{"id": "$.detail.id", "total": "$.detail.total", "lines": "$.detail.lines", "second": "$.detail.lines[1].sku", "note": "$.detail.note", "none": "$.detail.none"}
	for _, c := range []struct {
		name   string
		target map[string]any
		want   string
	}{
		{"all", map[string]any{}, order},
		{"a constant", map[string]any{"Input": `{"n": 1}`}, `{"n": 1}`},
		{"a part", map[string]any{"InputPath": "$.detail.lines[0]"}, `{"sku":"x"}`},
		{"the root", map[string]any{"InputPath": "$"}, `{"detail":{"a<b":"x & <y>","id":"A \"17\"","lines":[{"sku":"x"},{"sku":"y"}],"note":null,"odd.key":true,"total":42.5},"id":"e1","source":"shop"}`},
		{"signs as they are", transform(`{"t": "<t>", "v": <t>}`, map[string]any{"t": "$.detail['a<b']"}), `{"t": "x & <y>", "v": "x & <y>"}`},
		{"a key in brackets", map[string]any{"InputPath": "$.detail['odd.key']"}, `true`},
		{"a part that is not there", map[string]any{"InputPath": "$.nothing.here"}, `null`},
		{"an object", transform(`{"order": <id>, "sum": <total>, "lines": <lines>, "note": <note>, "none": <none>}`, paths),
			`{"order": "A \"17\"", "sum": 42.5, "lines": [{"sku":"x"},{"sku":"y"}], "note": null, "none": null}`},
		{"within text", transform(`"order <id> of <total>, <second>, <lines>, <none>."`, paths), `"order A \"17\" of 42.5, y, [{\"sku\":\"x\"},{\"sku\":\"y\"}], ."`},
		{"a key of its own", transform(`{"<second>": 1}`, paths), `{"y": 1}`},
		{"signs that are no variables", transform(`{"text": "1 < 2 and <b c> \"<second>\""}`, paths), `{"text": "1 < 2 and <b c> \"y\""}`},
		{"what every template knows", transform(`{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", "at": <aws.events.event.ingestion-time>, "e": <aws.events.event>}`, nil),
			`{"rule": "r", "arn": "arn:rule/r", "at": "2026-03-01T12:00:00Z", "e": {"id":"e1","source":"shop"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			form, err := shapeOf(c.target)
			if err != nil {
				t.Fatal(err)
			}
			f := facts{text: []byte(order), ruleARN: "arn:rule/r", rule: "r", at: "2026-03-01T12:00:00Z"}
			if err := json.Unmarshal(f.text, &f.event); err != nil {
				t.Fatal(err)
			}
			got, err := form(f)
			if err != nil || string(got) != c.want {
				t.Errorf("%s, %v\nwant %s", got, err, c.want)
			}
		})
	}
}

func transform(template string, paths map[string]any) map[string]any {
	t := map[string]any{"InputTemplate": template}
	if paths != nil {
		t["InputPathsMap"] = paths
	}
	return map[string]any{"InputTransformer": t}
}

func TestInputsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		target map[string]any
		part   string
	}{
		{map[string]any{"Input": `{`}, "no JSON"},
		{map[string]any{"InputPath": "detail"}, "no path"},
		{map[string]any{"InputPath": "$."}, "no path"},
		{map[string]any{"InputPath": "$.a[x]"}, "no path"},
		{map[string]any{"InputPath": "$.a[*]"}, "no path"},
		{map[string]any{"InputPath": "$['a"}, "no path"},
		{map[string]any{"InputPath": "$.*"}, "no path"},
		{transform(`{"a": <b>}`, nil), "<b> is not declared"},
		{transform(`"<b>"`, nil), "<b> is not declared"},
		{transform(`{"a": <b>}`, map[string]any{"b": "x"}), "no path"},
		{transform(` `, nil), "empty"},
	} {
		if _, err := shapeOf(c.target); err == nil || !strings.Contains(err.Error(), c.part) {
			t.Errorf("%v: %v, want %q", c.target, err, c.part)
		}
	}
}

// A template that makes no JSON is found when an event comes.
func TestTemplateWithoutJSON(t *testing.T) {
	form, err := shapeOf(transform(`order <id>`, map[string]any{"id": "$.id"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := form(facts{event: map[string]any{"id": "1"}}); err == nil {
		t.Error("it passes for JSON")
	}
}
