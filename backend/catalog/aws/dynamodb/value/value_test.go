package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func number(t interface{ Fatal(...any) }, text string) Number {
	n, err := ParseNumber(text)
	if err != nil {
		t.Fatal(text, err)
	}
	return n
}

func TestNumbers(t *testing.T) {
	many := strings.Repeat("9", 38)
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "0.000": "0", "1": "1", "+1": "1", "-1.50": "-1.5", "007": "7", ".5": "0.5", "5.": "5", "1e3": "1000", "1E-3": "0.001", "-12.5e+1": "-125",
		"1.0000000000000000000000000000000000000000000": "1", many: many, "-0." + many: "-0." + many, "9" + strings.Repeat("9", 37) + "e88": many + strings.Repeat("0", 88),
		"1e125": "1" + strings.Repeat("0", 125), "1e-130": "0." + strings.Repeat("0", 129) + "1", "12345678901234567890.123456789012345678": "12345678901234567890.123456789012345678",
	} {
		if got := number(t, text).String(); got != want {
			t.Errorf("%s is printed as %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"": "The parameter cannot be converted to a numeric value", "x": "The parameter cannot be converted to a numeric value: x", "1e": "The parameter cannot be converted to a numeric value: 1e",
		"--1": "The parameter cannot be converted to a numeric value: --1", ".": "The parameter cannot be converted to a numeric value: .", "NaN": "The parameter cannot be converted to a numeric value: NaN",
		"0x1": "The parameter cannot be converted to a numeric value: 0x1", "1.2.3": "The parameter cannot be converted to a numeric value: 1.2.3", "1e9999999": "The parameter cannot be converted to a numeric value: 1e9999999",
		many + "9": "Attempting to store more than 38 significant digits in a Number", "1e126": "Number overflow. Attempting to store a number with magnitude larger than supported range",
		"-1e126": "Number overflow. Attempting to store a number with magnitude larger than supported range", "1e-131": "Number underflow. Attempting to store a number with magnitude smaller than supported range",
	} {
		if n, err := ParseNumber(text); err == nil || err.Error() != want {
			t.Errorf("%s is %s, %v; want %s", text, n, err, want)
		}
	}
}

func TestArithmetic(t *testing.T) {
	for _, c := range []struct{ a, b, sum string }{
		{"1", "2", "3"}, {"0.1", "0.2", "0.3"}, {"1e20", "1", "100000000000000000001"}, {"-1", "1", "0"}, {"5", "-7.5", "-2.5"}, {"0", "3", "3"},
		{strings.Repeat("9", 38), "1", "1" + strings.Repeat("0", 38)},
	} {
		got, err := number(t, c.a).Add(number(t, c.b))
		if err != nil || got.String() != c.sum || got != number(t, c.sum) {
			t.Errorf("%s + %s is %s, %v", c.a, c.b, got, err)
		}
	}
	if n, err := number(t, "1e37").Add(number(t, "0.1")); err == nil {
		t.Errorf("39 digits are kept: %s", n)
	}
	if n, err := number(t, "9e125").Add(number(t, "9e125")); err == nil {
		t.Errorf("it does not overflow: %s", n)
	}
	if got := number(t, "2").Negate().String() + number(t, "0").Negate().String() + number(t, "-3").Negate().String(); got != "-203" {
		t.Errorf("negated: %s", got)
	}
	for text, want := range map[string]int64{"7": 7, "-120": -120, "0": 0, "1e3": 1000} {
		if n, ok := number(t, text).Int(); !ok || n != want {
			t.Errorf("%s is the integer %d, %v", text, n, ok)
		}
	}
	for _, text := range []string{"1.5", "0.001", "1e40", "99999999999999999999"} {
		if n, ok := number(t, text).Int(); ok {
			t.Errorf("%s is the integer %d", text, n)
		}
	}
}

// anyNumber draws decimals of all sizes, together with the same as a fraction.
func anyNumber(t *rapid.T, label string) (Number, *big.Rat) {
	digits := rapid.StringMatching(`[0-9]{1,38}`).Draw(t, label+" digits")
	exponent := rapid.IntRange(-120, 87).Draw(t, label+" exponent")
	sign := rapid.SampledFrom([]string{"", "-"}).Draw(t, label+" sign")
	text := sign + digits + "e" + big.NewInt(int64(exponent)).String()
	r, _ := new(big.Rat).SetString(text)
	return number(t, text), r
}

// Numbers order, add and print as fractions do, and their keys sort as they do.
func TestNumbersAreFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, x := anyNumber(t, "a")
		b, y := anyNumber(t, "b")
		if r, _ := new(big.Rat).SetString(a.String()); r.Cmp(x) != 0 {
			t.Fatalf("%s is printed for %s", a, x)
		}
		if again := number(t, a.String()); again != a {
			t.Fatalf("%s is read as %s", a, again)
		}
		want := x.Cmp(y)
		if a.Compare(b) != want || b.Compare(a) != -want {
			t.Fatalf("%s and %s compare as %d", a, b, a.Compare(b))
		}
		k, l := Value{Kind: Num, Number: a}.AppendKey(nil), Value{Kind: Num, Number: b}.AppendKey(nil)
		if got := bytes.Compare(k, l); got != want {
			t.Fatalf("the keys of %s and %s compare as %d: %x %x", a, b, got, k, l)
		}
		if want != 0 && (bytes.HasPrefix(k, l) || bytes.HasPrefix(l, k)) {
			t.Fatalf("the key of one of %s and %s begins the other's", a, b)
		}
		if sum, err := a.Add(b); err == nil {
			if r, _ := new(big.Rat).SetString(sum.String()); r.Cmp(new(big.Rat).Add(x, y)) != 0 {
				t.Fatalf("%s + %s is %s", a, b, sum)
			}
		}
	})
}

func TestTextKeysSortAsBytes(t *testing.T) {
	text := rapid.SampledFrom([]Kind{String, Binary})
	bytesOf := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 'a', 'b', 0xFE, 0xFF}), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		k := text.Draw(t, "kind")
		a, b := Value{Kind: k, Text: string(bytesOf.Draw(t, "a"))}, Value{Kind: k, Text: string(bytesOf.Draw(t, "b"))}
		x, y := a.AppendKey(nil), b.AppendKey(nil)
		order, _ := Compare(a, b)
		if bytes.Compare(x, y) != order {
			t.Fatalf("%q and %q sort as %x and %x", a.Text, b.Text, x, y)
		}
		if order != 0 && bytes.HasPrefix(y, x) {
			t.Fatalf("the key of %q begins that of %q", a.Text, b.Text)
		}
		if strings.HasPrefix(b.Text, a.Text) != bytes.HasPrefix(y, a.AppendPrefix(nil)) {
			t.Fatalf("%q begins with %q, and %x with %x", b.Text, a.Text, y, a.AppendPrefix(nil))
		}
	})
}

// anyValue draws documents.
func anyValue() *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value { return drawn(t, 3) })
}

func drawn(t *rapid.T, depth int) Value {
	kinds := []Kind{String, Num, Binary, Bool, Null, StringSet, NumberSet, BinarySet}
	if depth > 0 {
		kinds = append(kinds, List, Map)
	}
	v := Value{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	scalar := func(k Kind) Value {
		m := Value{Kind: k}
		switch k {
		case Num:
			m.Number, _ = anyNumber(t, "n")
		case Binary:
			m.Text = string(rapid.SliceOfN(rapid.Byte(), 0, 5).Draw(t, "b"))
		default:
			m.Text = rapid.StringN(0, 5, -1).Draw(t, "s")
		}
		return m
	}
	switch v.Kind {
	case String, Num, Binary:
		return scalar(v.Kind)
	case Bool:
		v.Bool = rapid.Bool().Draw(t, "yes")
	case List:
		v.List = []Value{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			v.List = append(v.List, drawn(t, depth-1))
		}
	case Map:
		v.Map = Item{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			v.Map[rapid.StringN(0, 3, -1).Draw(t, "name")] = drawn(t, depth-1)
		}
	case StringSet, NumberSet, BinarySet:
		var members []Value
		for range rapid.IntRange(1, 4).Draw(t, "length") {
			members = append(members, scalar(v.Kind.Member()))
		}
		return SetOf(v.Kind, members)
	}
	return v
}

func TestJSONReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyValue().Draw(t, "value")
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var again Value
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !Equal(v, again) || v.Size() != again.Size() || v.Depth() != again.Depth() {
			t.Fatalf("%s reads back as %+v", text, again)
		}
	})
}

func TestJSONRefusals(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                     "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
		`{"X":"a"}`:              "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
		`{"S":"a","N":"1"}`:      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
		`{"NULL":false}`:         "One or more parameter values were invalid: Null attribute value types must have the value of true",
		`{"SS":[]}`:              "One or more parameter values were invalid: An string set  may not be empty",
		`{"NS":[]}`:              "One or more parameter values were invalid: An number set  may not be empty",
		`{"BS":[]}`:              "One or more parameter values were invalid: An binary set  may not be empty",
		`{"SS":["a","b","a"]}`:   "One or more parameter values were invalid: Input collection [a, b, a] contains duplicates.",
		`{"NS":["1","1.0"]}`:     "Input collection contains duplicates",
		`{"BS":["AA==","AA=="]}`: "One or more parameter values were invalid: Input collection [AA==, AA==]of type BS contains duplicates.",
		`{"L":[{"M":{"a":{}}}]}`: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
		`{"NS":["x"]}`:           "The parameter cannot be converted to a numeric value: x",
		strings.Repeat(`{"L":[`, 33) + `{"S":"a"}` + strings.Repeat(`]}`, 33): TooDeep,
	} {
		var v Value
		var e Error
		err := json.Unmarshal([]byte(text), &v)
		if !errors.As(err, &e) || e.Serialization || e.Message != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	for _, text := range []string{`{"S":1}`, `{"N":1}`, `{"B":"?"}`, `{"BOOL":"true"}`, `{"L":{}}`, `{"M":[]}`, `{"SS":"a"}`, `"a"`, `[]`} {
		var v Value
		var e Error
		if !errors.As(json.Unmarshal([]byte(text), &v), &e) || !e.Serialization {
			t.Errorf("%s is read as %+v, %v", text, v, e)
		}
	}
	var v Value
	if err := json.Unmarshal([]byte(strings.Repeat(`{"L":[`, 32)+`{"S":"a"}`+strings.Repeat(`]}`, 32)), &v); err != nil || v.Depth() != MaxDepth {
		t.Errorf("32 levels: %v, depth %d", err, v.Depth())
	}
	if err := json.Unmarshal([]byte(`{"S":"a","N":null}`), &v); err != nil {
		t.Errorf("what is null is absent: %v", err)
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int{
		`{"S":"äb"}`: 3, `{"N":"123"}`: 3, `{"N":"-12"}`: 3, `{"N":"0"}`: 1, `{"B":"AAEC"}`: 3, `{"BOOL":true}`: 1, `{"NULL":true}`: 1, `{"SS":["a","bc"]}`: 3, `{"NS":["1","200"]}`: 4,
		`{"L":[]}`: 3, `{"L":[{"S":"a"},{"S":"b"}]}`: 7, `{"M":{"ab":{"S":"c"}}}`: 7,
	} {
		var v Value
		if err := json.Unmarshal([]byte(text), &v); err != nil || v.Size() != want {
			t.Errorf("%s has the size %d, %v; want %d", text, v.Size(), err, want)
		}
	}
	if got := (Item{"id": {Kind: String, Text: "a"}, "n": Int(12)}).Size(); got != 6 {
		t.Errorf("the item has the size %d", got)
	}
}

func TestEqualityAndOrder(t *testing.T) {
	read := func(text string) Value {
		var v Value
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(text, err)
		}
		return v
	}
	for _, c := range []struct {
		a, b  string
		equal bool
	}{
		{`{"N":"1"}`, `{"N":"1.0"}`, true}, {`{"N":"1"}`, `{"S":"1"}`, false}, {`{"SS":["a","b"]}`, `{"SS":["b","a"]}`, true}, {`{"SS":["a","b"]}`, `{"SS":["a"]}`, false},
		{`{"L":[{"S":"a"}]}`, `{"L":[{"S":"a"}]}`, true}, {`{"L":[{"S":"a"},{"S":"b"}]}`, `{"L":[{"S":"b"},{"S":"a"}]}`, false}, {`{"M":{"a":{"NULL":true}}}`, `{"M":{"a":{"NULL":true}}}`, true},
		{`{"M":{"a":{"NULL":true}}}`, `{"M":{"b":{"NULL":true}}}`, false}, {`{"BOOL":true}`, `{"BOOL":false}`, false}, {`{"B":"AA=="}`, `{"B":"AQ=="}`, false},
	} {
		if Equal(read(c.a), read(c.b)) != c.equal {
			t.Errorf("%s and %s are equal: %v", c.a, c.b, !c.equal)
		}
	}
	if _, ok := Compare(read(`{"N":"1"}`), read(`{"S":"1"}`)); ok {
		t.Error("a number and a text have an order")
	}
	if _, ok := Compare(read(`{"BOOL":true}`), read(`{"BOOL":true}`)); ok {
		t.Error("truth values have an order")
	}
	if order, ok := Compare(read(`{"S":"é"}`), read(`{"S":"z"}`)); !ok || order <= 0 {
		t.Error("texts are not ordered by their bytes")
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"S":"a"}`, `{"N":"-1.5e3"}`, `{"L":[{"M":{"a":{"NS":["1","2"]}}}]}`, `{"B":"AAEC"}`, `{"SS":["b","a"]}`, `{"NULL":true}`, `{"S":"a","N":null}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var v, again Value
		if json.Unmarshal(text, &v) != nil {
			return
		}
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &again); err != nil || !Equal(v, again) {
			t.Errorf("%s is printed as %s, %v", text, out, err)
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"0", "-1.50", "1e125", "1E-130", "99999999999999999999999999999999999999", ".5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseNumber(text)
		if err != nil {
			return
		}
		if again, err := ParseNumber(n.String()); err != nil || again != n {
			t.Errorf("%q is printed as %s, which is %s, %v", text, n, again, err)
		}
	})
}
