package pattern

import (
	"encoding/json"
	"strings"
	"testing"
)

const event = `{
 "version": "0", "source": "shop.orders", "detail-type": "Order placed", "account": "000000000000",
 "time": "2026-03-01T12:00:00Z", "resources": ["arn:aws:s3:::a", "arn:aws:s3:::b"],
 "detail": {"id": "A-17", "total": 42.5, "count": 3, "paid": true, "note": null, "empty": "", "none": [], "ip": "10.0.0.42", "ip6": "2001:db8::1",
  "path": "dir/img/cat.PNG", "star": "a*b\\c",
  "lines": [{"sku": "x", "qty": 1}, {"sku": "y", "qty": 2}], "deep": {"a": {"b": ["v1", "v2"]}}}}`

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, pattern string
		want          bool
	}{
		{"equal text", `{"source": ["shop.orders"]}`, true},
		{"other text", `{"source": ["shop.order"]}`, false},
		{"one of several", `{"source": ["x", "shop.orders"]}`, true},
		{"all fields must match", `{"source": ["shop.orders"], "detail-type": ["Order sent"]}`, false},
		{"event array, any element", `{"resources": ["arn:aws:s3:::b"]}`, true},
		{"event array, no element", `{"resources": ["arn:aws:s3:::c"]}`, false},
		{"nested", `{"detail": {"deep": {"a": {"b": ["v2"]}}}}`, true},
		{"number by value", `{"detail": {"count": [3.0]}}`, true},
		{"a number is no text", `{"detail": {"count": ["3"]}}`, false},
		{"truth", `{"detail": {"paid": [true]}}`, true},
		{"untruth", `{"detail": {"paid": [false]}}`, false},
		{"null", `{"detail": {"note": [null]}}`, true},
		{"null is not absent", `{"detail": {"nothing": [null]}}`, false},
		{"empty text", `{"detail": {"empty": [""]}}`, true},

		{"prefix", `{"detail": {"id": [{"prefix": "A-"}]}}`, true},
		{"prefix, other case", `{"detail": {"id": [{"prefix": "a-"}]}}`, false},
		{"prefix without case", `{"detail": {"id": [{"prefix": {"equals-ignore-case": "a-"}}]}}`, true},
		{"prefix of a number", `{"detail": {"count": [{"prefix": "3"}]}}`, false},
		{"suffix", `{"detail": {"path": [{"suffix": ".PNG"}]}}`, true},
		{"suffix, other case", `{"detail": {"path": [{"suffix": ".png"}]}}`, false},
		{"suffix without case", `{"detail": {"path": [{"suffix": {"equals-ignore-case": ".png"}}]}}`, true},
		{"equal without case", `{"source": [{"equals-ignore-case": "SHOP.Orders"}]}`, true},

		{"exists", `{"detail": {"id": [{"exists": true}]}}`, true},
		{"exists, null", `{"detail": {"note": [{"exists": true}]}}`, true},
		{"exists, absent", `{"detail": {"x": [{"exists": true}]}}`, false},
		{"exists not", `{"detail": {"x": [{"exists": false}]}}`, true},
		{"exists not, present", `{"detail": {"id": [{"exists": false}]}}`, false},
		{"exists not, empty array", `{"detail": {"none": [{"exists": false}]}}`, true},
		{"exists not, whole branch absent", `{"detail": {"x": {"y": [{"exists": false}]}}}`, true},
		{"exists not, or a value", `{"detail": {"x": [{"exists": false}, "v"]}}`, true},

		{"anything but", `{"source": [{"anything-but": "other"}]}`, true},
		{"anything but it", `{"source": [{"anything-but": "shop.orders"}]}`, false},
		{"anything but a list", `{"source": [{"anything-but": ["a", "shop.orders"]}]}`, false},
		{"anything but numbers", `{"detail": {"count": [{"anything-but": [1, 2]}]}}`, true},
		{"anything but its number", `{"detail": {"count": [{"anything-but": 3}]}}`, false},
		{"anything but, absent", `{"detail": {"x": [{"anything-but": "a"}]}}`, false},
		{"anything but prefix", `{"source": [{"anything-but": {"prefix": "shop."}}]}`, false},
		{"anything but other prefixes", `{"source": [{"anything-but": {"prefix": ["aws.", "x."]}}]}`, true},
		{"anything but suffix", `{"source": [{"anything-but": {"suffix": ".orders"}}]}`, false},
		{"anything but without case", `{"source": [{"anything-but": {"equals-ignore-case": ["SHOP.ORDERS"]}}]}`, false},
		{"anything but wildcard", `{"detail": {"path": [{"anything-but": {"wildcard": "*/img/*"}}]}}`, false},
		{"anything but other wildcard", `{"detail": {"path": [{"anything-but": {"wildcard": "*/lib/*"}}]}}`, true},
		{"anything but, any element", `{"resources": [{"anything-but": "arn:aws:s3:::a"}]}`, true},

		{"numeric equal", `{"detail": {"total": [{"numeric": ["=", 42.5]}]}}`, true},
		{"numeric less", `{"detail": {"total": [{"numeric": ["<", 42.5]}]}}`, false},
		{"numeric range", `{"detail": {"total": [{"numeric": [">", 0, "<=", 42.5]}]}}`, true},
		{"numeric range, above", `{"detail": {"total": [{"numeric": [">=", 43, "<", 50]}]}}`, false},
		{"numeric of a text", `{"detail": {"id": [{"numeric": [">", 0]}]}}`, false},

		{"address", `{"detail": {"ip": [{"cidr": "10.0.0.0/24"}]}}`, true},
		{"other address", `{"detail": {"ip": [{"cidr": "10.0.1.0/24"}]}}`, false},
		{"long address", `{"detail": {"ip6": [{"cidr": "2001:db8::/32"}]}}`, true},
		{"no address", `{"detail": {"id": [{"cidr": "10.0.0.0/8"}]}}`, false},

		{"wildcard", `{"detail": {"path": [{"wildcard": "dir/*.PNG"}]}}`, true},
		{"wildcard in the middle", `{"detail": {"path": [{"wildcard": "*/img/*"}]}}`, true},
		{"wildcard overlaps", `{"detail": {"id": [{"wildcard": "A-1*17"}]}}`, false},
		{"wildcard without a star", `{"detail": {"id": [{"wildcard": "A-17"}]}}`, true},
		{"wildcard escaped", `{"detail": {"star": [{"wildcard": "a\\*b\\\\*"}]}}`, true},
		{"wildcard escaped star is no star", `{"detail": {"path": [{"wildcard": "dir\\*"}]}}`, false},

		{"or, first", `{"$or": [{"source": ["shop.orders"]}, {"account": ["1"]}]}`, true},
		{"or, second", `{"$or": [{"source": ["x"]}, {"account": ["000000000000"]}]}`, true},
		{"or, none", `{"$or": [{"source": ["x"]}, {"account": ["1"]}]}`, false},
		{"or and a field", `{"detail-type": ["x"], "$or": [{"source": ["shop.orders"]}, {"account": ["1"]}]}`, false},
		{"or within", `{"detail": {"paid": [true], "$or": [{"count": [9]}, {"total": [{"numeric": [">", 40]}]}]}}`, true},

		{"objects in an array, same one", `{"detail": {"lines": {"sku": ["y"], "qty": [2]}}}`, true},
		{"objects in an array, different ones", `{"detail": {"lines": {"sku": ["x"], "qty": [2]}}}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Parse([]byte(c.pattern))
			if err != nil {
				t.Fatal(err)
			}
			var e any
			if err := json.Unmarshal([]byte(event), &e); err != nil {
				t.Fatal(err)
			}
			if got := p.Match(e); got != c.want {
				t.Errorf("%s: got %v", c.pattern, got)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for pattern, part := range map[string]string{
		`[]`:             "object",
		`{}`:             "at least one field",
		`{"a": "x"}`:     "list of values",
		`{"a": []}`:      "matches nothing",
		`{"a": [["x"]]}`: "texts, numbers",
		`{"a": [{"prefix": "x", "suffix": "y"}]}`:          "exactly one key",
		`{"a": [{"begins": "x"}]}`:                         `"begins"`,
		`{"a": [{"exists": "yes"}]}`:                       "true or false",
		`{"a": [{"prefix": 5}]}`:                           "takes a text",
		`{"a": [{"numeric": [">"]}]}`:                      "numeric takes",
		`{"a": [{"numeric": ["<", 5, ">", 0]}]}`:           "numeric takes",
		`{"a": [{"numeric": [">", 5, "<", 5]}]}`:           "numeric takes",
		`{"a": [{"numeric": [">", 6000000000]}]}`:          "5,000,000,000",
		`{"a": [{"cidr": "10.0.0.1"}]}`:                    "address block",
		`{"a": [{"anything-but": ["x", 1]}]}`:              "either",
		`{"a": [{"anything-but": []}]}`:                    "at least one",
		`{"a": [{"anything-but": {"numeric": ["=", 1]}}]}`: `"numeric"`,
		`{"a": [{"anything-but": {"prefix": [1]}}]}`:       "takes texts",
		`{"a": [{"wildcard": "a**"}]}`:                     "two stars",
		`{"a": [{"wildcard": "a\\b"}]}`:                    "backslash",
		`{"$or": [{"a": ["x"]}]}`:                          "at least two",
		`{"a": ["x"]} {}`:                                  "followed",
		`{`:                                                "no JSON",
	} {
		_, err := Parse([]byte(pattern))
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want %q", pattern, err, part)
		}
	}
}

// Templates hold whole numbers as int, and an error says where it is.
func TestCompileFromTemplate(t *testing.T) {
	p, err := Compile(map[string]any{"detail": map[string]any{"n": []any{5}}})
	if err != nil || !p.Match(map[string]any{"detail": map[string]any{"n": json.Number("5")}}) {
		t.Errorf("%v, %v", p, err)
	}
	_, err = Compile(map[string]any{"detail": map[string]any{"n": []any{map[string]any{"wildcard": 1}}}})
	if err == nil || !strings.HasPrefix(err.Error(), "detail.n: ") {
		t.Errorf("%v", err)
	}
}

func TestUses(t *testing.T) {
	p, err := Parse([]byte(`{"a": [{"anything-but": {"wildcard": "*x"}}], "b": [{"prefix": {"equals-ignore-case": "x"}}], "$or": [{"c": [{"exists": true}]}, {"c": ["x"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Uses(), " "); got != "$or anything-but anything-but.wildcard exists prefix prefix.equals-ignore-case" {
		t.Error(got)
	}
}

func TestFiltersTakeFewerOperators(t *testing.T) {
	if _, err := ParseFilter([]byte(`{"body": {"a": [{"prefix": "x"}, {"anything-but": ["y"]}, {"numeric": [">", 1]}]}}`)); err != nil {
		t.Error(err)
	}
	for _, text := range []string{`{"a": [{"wildcard": "*x"}]}`, `{"a": [{"cidr": "10.0.0.0/8"}]}`, `{"a": [{"anything-but": {"prefix": "x"}}]}`, `{"a": "x"}`} {
		if _, err := ParseFilter([]byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"a": [{"wildcard": "a*b"}], "$or": [{"b": [1]}, {"c": [null]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse([]byte(text))
		if err == nil {
			p.Match(map[string]any{"a": []any{"ab", 1.5, nil}})
		}
	})
}
