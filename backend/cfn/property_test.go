package cfn

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile are texts that some reader takes for something else.
var hostile = []string{"", " ", "a", "AWS::Region", "yes", "No", "on", "~", "null", "NaN", ".inf", "0755", "1_000", "22:30", "1.10", "1e3", "0x1F", "-", "- a", "a: b",
	"a:", ":a", "a #b", "#a", "'", "\"", "\\", "${A}", "${!A}", "$", "${", "{{resolve", "{a}", "[a]", "*a", "&a", "!Ref a", "!a", "%a", "@a", "`", "|", ">", "?", "? a", "<<", "=",
	"2012-10-17", "2010-09-09T00:00:00Z", "a\nb", "a\nb\n", "a\nb\n\n", "\na", " a\nb", "a \nb", "a\n \nb", "a\n\n  b\n", "a\tb\nc", "\ta", "a\rb\nc", "a\r\nb", "a\x00b", "\x7f", "\u0085", "\u2028x\ny", "\ufeff", "é", "日本語\n二", "😀", "\u202eabc", "--- a\nb", "...\n...", "x\n---\ny",
	"arn:aws:s3:::b/*", "s3:*", "trailing ", "trailing:", "true ", "k: v\nl: w", strings.Repeat("long ", 50), strings.Repeat("é", 300), "</script>", "a, b", "012345678901"}

type maker struct{ *rand.Rand }

func (r maker) text() string {
	s := hostile[r.IntN(len(hostile))]
	if r.IntN(4) == 0 {
		s += hostile[r.IntN(len(hostile))]
	}
	return s
}

func (r maker) key() string {
	for {
		if k := r.text(); k != "Ref" && k != "Condition" && !strings.HasPrefix(k, "Fn::") {
			return k
		}
	}
}

func (r maker) value(depth int) any {
	n := 11
	if depth <= 0 {
		n = 6
	}
	switch r.IntN(n) {
	case 0:
		return r.IntN(2) == 0
	case 1:
		return r.IntN(1<<40) - 1<<39
	case 2:
		return whole(float64(r.IntN(1000)) * []float64{0.125, 1e-9, 1e30}[r.IntN(3)])
	case 3:
		return nil
	case 4, 5:
		return r.text()
	case 6:
		m := map[string]any{}
		for range r.IntN(4) {
			m[r.key()] = r.value(depth - 1)
		}
		return m
	case 7:
		l := []any{}
		for range r.IntN(4) {
			l = append(l, r.value(depth-1))
		}
		return l
	case 8:
		return Ref("x" + r.text())
	case 9:
		return GetAtt("A"+r.key(), "x"+r.text())
	default:
		names := []string{"Fn::Sub", "Fn::Join", "Fn::If", "Fn::Base64", "Fn::Split", "Fn::Other", "Fn::Transform"}
		return Fn{names[r.IntN(len(names))], r.value(depth - 1)}
	}
}

func (r maker) section(depth int) map[string]any {
	var m map[string]any
	for range r.IntN(3) {
		put(&m, r.key(), r.value(depth))
	}
	return m
}

func (r maker) template() Template {
	t := Template{Description: r.text(), Metadata: r.section(3), Mappings: r.section(3), Conditions: r.section(2), Rules: r.section(2)}
	for range r.IntN(5) {
		res := Resource{Type: "T" + r.text(), Condition: r.text(), DeletionPolicy: r.text(), Metadata: r.section(2), CreationPolicy: r.value(2), Properties: r.section(5)}
		for range r.IntN(3) {
			res.DependsOn = append(res.DependsOn, strings.Repeat("D", len(res.DependsOn))+r.text())
		}
		put(&t.Resources, r.key(), res)
	}
	for range r.IntN(3) {
		put(&t.Parameters, r.key(), Parameter{Type: "S" + r.text(), Description: r.text(), Default: r.value(1), NoEcho: r.IntN(2) == 0, Extra: map[string]any{"MaxLength": 7}})
		put(&t.Outputs, r.key(), Output{Description: r.text(), Condition: r.text(), Value: "v" + r.text(), Export: r.value(1)})
	}
	return t
}

// Whatever a template holds, printing and parsing gives it back; equal templates print the same bytes.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(1500) {
		want := maker{rand.New(rand.NewPCG(seed, 7))}.template()
		for name, print := range map[string]func(Template) []byte{"JSON": PrintJSON, "YAML": PrintYAML} {
			body := print(want)
			got, err := Parse(body)
			if err != nil {
				t.Fatalf("seed %d, %s: %v\n%s", seed, name, err, body)
			}
			if d := Diff(want, got); !reflect.DeepEqual(dedupe(want), got) {
				t.Fatalf("seed %d, %s: %+v\n%s", seed, name, d, body)
			}
			if !bytes.Equal(body, print(got)) {
				t.Fatalf("seed %d, %s: printed again, it differs", seed, name)
			}
		}
	}
}

// dedupe brings DependsOn to the form that Parse gives.
func dedupe(t Template) Template {
	for id, r := range t.Resources {
		var out []string
		for _, d := range r.DependsOn {
			seen := false
			for _, o := range out {
				seen = seen || o == d
			}
			if !seen {
				out = append(out, d)
			}
		}
		r.DependsOn = out
		t.Resources[id] = r
	}
	return t
}

// What Sub builds evaluates to the concatenation of its parts, whatever the literal parts hold.
func TestSubKeepsLiterals(t *testing.T) {
	env := &Env{Parameters: map[string]any{"P": "<p>", "Part0": "<other>"}, GetAtt: func(id, attribute string) (any, error) { return "<" + id + attribute + ">", nil }}
	for seed := range uint64(3000) {
		r := maker{rand.New(rand.NewPCG(seed, 9))}
		var parts []any
		want := ""
		for range r.IntN(6) {
			switch r.IntN(5) {
			case 0:
				parts, want = append(parts, Ref("P")), want+"<p>"
			case 1:
				parts, want = append(parts, GetAtt("R", "A.B")), want+"<RA.B>"
			case 2:
				parts, want = append(parts, Join("-", "x", "${P}")), want+"x-${P}"
			case 3:
				parts, want = append(parts, Ref("Part0")), want+"<other>"
			default:
				s := r.text()
				if r.IntN(2) == 0 {
					s = []string{"${", "}", "${P}", "$", "${!P}", "{P}", "${P", "!", "${}"}[r.IntN(9)]
				}
				parts, want = append(parts, s), want+s
			}
		}
		got, err := env.Eval("x", Sub(parts...))
		if err != nil || got != want {
			t.Fatalf("seed %d: %#v: got %q, want %q, %v", seed, Sub(parts...), got, want, err)
		}
	}
}

// A tree decoded from JSON becomes the same values as the same text parsed as a template.
func TestParseValueAgreesWithParse(t *testing.T) {
	got := ParseValue(map[string]any{"A": []any{map[string]any{"Ref": "X"}, 3.0, 0.5, map[string]any{"Ref": 5.0}}, "B": map[string]any{"Fn::GetAtt": "A.B.C"}})
	want := map[string]any{"A": []any{Ref("X"), 3, 0.5, map[string]any{"Ref": 5}}, "B": GetAtt("A", "B.C")}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sampleYAML))
	f.Add(PrintJSON(sample()))
	f.Add(PrintYAML(sample()))
	f.Add([]byte(bomb(3, 4)))
	for _, v := range hostile { // small seeds: the engine changes bytes at random, and a long text soon is no YAML at all
		f.Add([]byte("Resources: {A: {Type: " + v + ", Properties: {K: [" + v + "]}}}"))
		f.Add([]byte("Resources:\n  A:\n    Type: T\n    Properties:\n      ? " + v + "\n      : " + v))
		f.Add(append([]byte(`{"Resources":{"A":{"Type":"T","Properties":{"K":`), append(appendString(nil, v), "}}}}"...)...))
	}
	f.Add([]byte("Resources: {A: {<<: [{Type: T}, &x {Type: U}], Properties: {? a : *x}}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Parse(data)
		if err != nil {
			return
		}
		for name, print := range map[string]func(Template) []byte{"JSON": PrintJSON, "YAML": PrintYAML} {
			body := print(got)
			again, err := Parse(body)
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, body)
			}
			if !reflect.DeepEqual(got, again) {
				t.Fatalf("%s: %#v\n%#v\n%s", name, got, again, body)
			}
		}
		CheckLiterals(got)
		Limits(got)
		Unresolved(got)
		_, _ = Order(Dependencies(got, nil))
		if env, err := NewEnv(got, nil, nil); err == nil {
			env.Ref = func(id string) (any, error) { return id, nil }
			env.GetAtt = func(id, attribute string) (any, error) { return nil, ErrUnknown }
			for id, r := range got.Resources {
				_, _ = env.EvalMap(id, r.Properties)
			}
		}
	})
}

func FuzzPrint(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		if !utf8.ValidString(key) || !utf8.ValidString(text) || isFunction(key) {
			t.Skip()
		}
		want := Template{Resources: map[string]Resource{"A": {Type: "T", Properties: map[string]any{key: text, "x" + text: []any{text, map[string]any{"a" + key: Fn{"Fn::Sub", text}}}}}}}
		for name, print := range map[string]func(Template) []byte{"JSON": PrintJSON, "YAML": PrintYAML} {
			body := print(want)
			got, err := Parse(body)
			if err != nil {
				t.Fatalf("%s: %v\n%q", name, err, body)
			}
			if !reflect.DeepEqual(want, got) {
				t.Fatalf("%s: %#v\n%q", name, got, body)
			}
		}
	})
}
