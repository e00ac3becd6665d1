package sns

import (
	"strings"
	"testing"

	"airloom/backend/fault"
)

func TestFilters(t *testing.T) {
	attributes := map[string]attribute{"kind": {"String", "order"}, "total": {"Number", "120.5"}, "label": {"Number.int", "7"}, "tags": {"String.Array", `["red","green",3,true]`},
		"ip": {"String", "10.0.0.7"}, "raw": {"Binary", "AAE="}}
	for policy, want := range map[string]bool{
		`{"kind":["order"]}`: true,
		`{"kind":["Order"]}`: false,
		`{"kind":["x","order"],"total":[{"numeric":[">",100,"<=",120.5]}]}`: true,
		`{"total":[120.5]}`:                          true,
		`{"total":["120.5"]}`:                        false,
		`{"label":[{"numeric":["=",7]}]}`:            true,
		`{"kind":[{"prefix":"or"}]}`:                 true,
		`{"kind":[{"suffix":"er"}]}`:                 true,
		`{"kind":[{"equals-ignore-case":"ORDER"}]}`:  true,
		`{"kind":[{"wildcard":"o*r"}]}`:              true,
		`{"kind":[{"anything-but":["order"]}]}`:      false,
		`{"kind":[{"anything-but":{"prefix":"x"}}]}`: true,
		`{"tags":["green"]}`:                         true,
		`{"tags":[3]}`:                               true,
		`{"tags":[true]}`:                            true,
		`{"tags":["blue"]}`:                          false,
		`{"ip":[{"cidr":"10.0.0.0/24"}]}`:            true,
		`{"none":[{"exists":false}]}`:                true,
		`{"kind":[{"exists":false}]}`:                false,
		`{"raw":[{"exists":true}]}`:                  false,
		`{"$or":[{"kind":["x"]},{"total":[120.5]}]}`: true,
		`{"$or":[{"kind":["x"]},{"total":[1]}]}`:     false,
	} {
		f, err := parseFilter([]byte(policy), "MessageAttributes")
		if err != nil {
			t.Errorf("%s: %v", policy, err)
			continue
		}
		if got := f.admits(message{Attributes: attributes}); got != want {
			t.Errorf("%s admits: %v", policy, got)
		}
	}
	f, err := parseFilter([]byte(`{"none":[{"exists":false}]}`), "")
	if err != nil || f.admits(message{Body: "x"}) {
		t.Errorf("a message without attributes passes: %v", err)
	}
}

func TestFiltersOfBodies(t *testing.T) {
	for policy, want := range map[string]bool{
		`{"order":{"state":["paid"],"lines":{"sku":[{"prefix":"B"}]}}}`: true,
		`{"order":{"state":["open"]}}`:                                  false,
		`{"note":[null]}`:                                               true,
	} {
		f, err := parseFilter([]byte(policy), "MessageBody")
		if err != nil {
			t.Errorf("%s: %v", policy, err)
			continue
		}
		if got := f.admits(message{Body: `{"order":{"state":"paid","lines":[{"sku":"A1"},{"sku":"B2"}]},"note":null}`}); got != want {
			t.Errorf("%s admits: %v", policy, got)
		}
		if f.admits(message{Body: "no JSON"}) || f.admits(message{Body: `["paid"]`}) {
			t.Errorf("%s admits what is no object", policy)
		}
	}
}

func TestFiltersThatAreRefused(t *testing.T) {
	for _, c := range []struct{ policy, scope, says string }{
		{`{"a":{"b":["x"]}}`, "MessageAttributes", "nested"},
		{`{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}`, "", "at most 5 keys"},
		{`{"a":[1,2,3,4,5,6,7,8,9,10,11,12,13],"b":[1,2,3,4,5,6,7,8,9,10,11,12]}`, "", "combinations"},
		{`{"a":[{"prefix":{"equals-ignore-case":"x"}}]}`, "", "equals-ignore-case"},
		{`{"a":[{"numeric":["<",1000000001]}]}`, "", "1,000,000,000"},
		{`{"a":"x"}`, "", "list"},
		{`{"a":[{"nope":"x"}]}`, "", "nope"},
		{`[]`, "", "invalid"},
		{`{"a":["x"]}`, "Body", "MessageBody"},
	} {
		if _, err := parseFilter([]byte(c.policy), c.scope); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.policy, err, c.says)
		}
	}
	if err := checkSubscription(map[string]any{"Protocol": "sqs", "FilterPolicy": `{"a":{"b":["x"]}}`}); err == nil || fault.As(err).Where != "FilterPolicy" {
		t.Errorf("the filter as text: %v", err)
	}
}

func TestFilteredSubscriptions(t *testing.T) {
	p := newPlace(t, nil)
	p.subscribe("A", "sqs", queueARN, "FilterPolicy", map[string]any{"kind": []any{"x"}})
	p.subscribe("B", "sqs", deadARN, "FilterPolicy", `{"kind":["y"]}`, "FilterPolicyScope", "MessageBody")
	send := func(message, kind string) {
		ok[publishedXML](p, "Publish", "TopicArn", topicARN, "Message", message, "MessageAttributes.entry.1.Name", "kind", "MessageAttributes.entry.1.Value.DataType", "String", "MessageAttributes.entry.1.Value.StringValue", kind)
	}
	send("neither", "z")
	send(`{"kind":"y"}`, "z")
	send("attribute", "x")
	if d := p.w.Delivered(); len(d) != 2 || d[0].Target != deadARN || d[1].Target != queueARN {
		t.Errorf("delivered %v", d)
	}
}
