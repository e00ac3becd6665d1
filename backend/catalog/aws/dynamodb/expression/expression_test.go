package expression

import (
	"encoding/json"
	"strings"
	"testing"

	"airloom/backend/catalog/aws/dynamodb/value"
)

func item(t testing.TB, text string) value.Item {
	t.Helper()
	var i value.Item
	if err := json.Unmarshal([]byte(text), &i); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return i
}

// order is the item that conditions are tried on.
const order = `{"id":{"S":"o-17"},"price":{"N":"12.50"},"count3":{"N":"3"},"paid":{"BOOL":true},"nil0":{"NULL":true},"bin":{"B":"AAEC"},"tags":{"SS":["new","gift"]},"sizes":{"NS":["1","2"]},
"goods":{"L":[{"M":{"sku":{"S":"a"},"n":{"N":"2"}}},{"M":{"sku":{"S":"b"},"n":{"N":"1"}}}]},"address":{"M":{"city":{"S":"Köln"},"zip":{"S":"50667"},"dot.ted":{"S":"x"}}},"blank":{"S":""}}`

func names() map[string]string {
	return map[string]string{"#t": "price", "#d": "dot.ted", "#count": "count"}
}

func values(t testing.TB) map[string]value.Value {
	return item(t, `{":n":{"N":"10"},":m":{"N":"20"},":s":{"S":"o-"},":e":{"S":"o-17"},":new":{"S":"new"},":a":{"S":"a"},":two":{"N":"2"},":three":{"N":"3"},":S":{"S":"S"},":N":{"S":"N"},":bool":{"BOOL":true},
":raw":{"B":"AAE="},":set":{"SS":["gift","new"]},":list":{"L":[{"S":"z"}]},":map":{"M":{"city":{"S":"Bonn"}}},":null":{"NULL":true},":nset":{"NS":["2","3"]},":X":{"S":"X"}}`)
}

func TestConditions(t *testing.T) {
	i := item(t, order)
	for text, want := range map[string]bool{
		"id = :e": true, "id <> :e": false, "absent <> :e": true, "absent = :e": false, "absent = gone": false, "price = :s": false, "price <> :s": true,
		"#t > :n": true, "#t >= :n AND price < :m": true, "#t BETWEEN :n AND :m": true, "count3 BETWEEN :n AND :m": false, ":n < price": true, "absent < :n": false, "id < :n": false,
		"price BETWEEN :two AND price": true, "id IN (:s, :e)": true, "id IN (:s)": false, "absent IN (:s)": false, "count3 in (:two, count3)": true,
		"attribute_exists(address.city)": true, "attribute_exists(address.street)": false, "attribute_exists(goods[1].sku)": true, "attribute_exists(goods[2])": false, "attribute_not_exists(tags[0])": true,
		"attribute_not_exists(id)": false, "attribute_exists(nil0)": true, "attribute_exists(address.#d)": true, "attribute_exists(id.x)": false,
		"attribute_type(id, :S)": true, "attribute_type(id, :N)": false, "attribute_type(absent, :S)": false,
		"begins_with(id, :s)": true, "begins_with(id, :e)": true, "begins_with(bin, :raw)": true, "begins_with(price, :s)": false, "begins_with(absent, :s)": false, "begins_with(bin, :s)": false,
		"contains(id, :s)": true, "contains(tags, :new)": true, "contains(tags, :s)": false, "contains(sizes, :two)": true, "contains(sizes, :new)": false, "contains(goods, :a)": false, "contains(address, :a)": false, "contains(bin, :raw)": true,
		"size(id) > :two": true, "size(address.city) BETWEEN :three AND :n": true, "size(tags) = :two": true, "size(goods) = :two": true, "size(address) = :three": true, "size(bin) = :three": true, "size(price) = :two": false, "size(absent) = :two": false,
		"size(blank) < :two": true, "NOT paid = :bool": false, "not attribute_exists(absent)": true, "paid = :bool AND (price > :m OR id = :e)": true, "(paid = :bool AND price > :m) OR id = :s": false,
		"paid = :bool OR price > :m AND id = :s": true, "NOT paid = :bool OR id = :e": true, "(id) = :e": true, "id = (:e)": true, "(NOT (id = :s))": true, "tags = :set": true, "nil0 = :null": true,
		"goods[0].n = :two": true, "goods[0] . n = :two": true, "id=:e": true, "price>:n and price<:m": true,
	} {
		c, err := ParseCondition(text, NewScope(names(), values(t)))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := c.Holds(i); got != want {
			t.Errorf("%s holds: %v", text, got)
		}
	}
	var absent *Condition
	if absent.Paths() != nil || (*Update)(nil).Paths() != nil || (*Update)(nil).Reads() != nil || (*Projection)(nil).Paths() != nil {
		t.Error("what is absent has paths")
	}
}

// The words are DynamoDB's own, as its answers have them after "Invalid ConditionExpression: ".
func TestConditionRefusals(t *testing.T) {
	long := "id = :e" + strings.Repeat(" ", 4096)
	deep := "a" + strings.Repeat("[0]", 32)
	for text, want := range map[string]string{
		"":                                     "The expression can not be empty;",
		"  \n":                                 "The expression can not be empty;",
		long:                                   "Expression size has exceeded the maximum allowed size; expression size: 4103",
		"id =":                                 `Syntax error; token: "<EOF>", near: "="`,
		"id = :e AND":                          `Syntax error; token: "<EOF>", near: "AND"`,
		"id = :e foo = :s":                     `Syntax error; token: "foo", near: ":e foo ="`,
		"id == :e":                             `Syntax error; token: "=", near: "== :e"`,
		"id = 'x'":                             `Syntax error; token: "'", near: "= '"`,
		"id = 5":                               `Syntax error; token: "5", near: "= 5"`,
		"# = :e":                               `Syntax error; token: "#", near: "#"`,
		"id = :":                               `Syntax error; token: ":", near: "= :"`,
		"(id = :e":                             `Syntax error; token: "<EOF>", near: ":e"`,
		"id = :e)":                             `Syntax error; token: ")", near: ":e)"`,
		"id[x] = :e":                           `Syntax error; token: "x", near: "[x]"`,
		"id[-1] = :e":                          `Syntax error; token: "-", near: "[-1"`,
		"id":                                   `Syntax error; token: "<EOF>", near: "id"`,
		"id BETWEEN :n":                        `Syntax error; token: "<EOF>", near: ":n"`,
		"id = ü":                               `Syntax error; token: "ü", near: "= ü"`,
		"name = :e":                            "Attribute name is a reserved keyword; reserved keyword: name",
		"address.Status = :e":                  "Attribute name is a reserved keyword; reserved keyword: Status",
		"#x = :e":                              "An expression attribute name used in the document path is not defined; attribute name: #x",
		"id = :x":                              "An expression attribute value used in expression is not defined; attribute value: :x",
		"foo(id)":                              "Invalid function name; function: foo",
		"SIZE(id) = :n":                        "Invalid function name; function: SIZE",
		"attribute_exists(id, price)":          "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
		"begins_with(id)":                      "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1",
		"attribute_exists(:e)":                 "Operator or function requires a document path; operator or function: attribute_exists",
		"attribute_not_exists(size(id))":       "Operator or function requires a document path; operator or function: attribute_not_exists",
		"size(id)":                             "The function is not allowed to be used this way in an expression; function: size",
		"attribute_exists(id) = :bool":         "The function is not allowed to be used this way in an expression; function: attribute_exists",
		"if_not_exists(id, :e) = :e":           "The function is not allowed to be used this way in an expression; function: if_not_exists",
		"contains(list_append(id, price), :e)": "The function is not allowed to be used this way in an expression; function: list_append",
		"size(size(id)) = :n":                  "The function is not allowed to be used this way in an expression; function: size",
		"attribute_type(id, :two)":             "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N",
		"attribute_type(id, :X)":               "Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
		"begins_with(id, :two)":                "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
		"size(:two) = :n":                      "Incorrect operand type for operator or function; operator or function: size, operand type: N",
		"id < :bool":                           "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
		"id BETWEEN :n AND :set":               "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: SS",
		"id BETWEEN :n AND :s":                 "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {S:o-}",
		"id BETWEEN :m AND :n":                 "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:20}, upper bound operand: AttributeValue: {N:10}",
		"id = id":                              "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [id]",
		"contains(tags[0].x, tags[0].x)":       "The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [tags, [0], x]",
		"((id = :e))":                          "The expression has redundant parentheses;",
		deep + " = :e":                         "The document path has too many nesting elements; nesting levels: 33",
		"id IN (" + strings.Repeat(":e,", 100) + ":e)": "Incorrect number of operands for operator or function; operator or function: IN, number of operands: 102",
		strings.Repeat("id=:e OR ", 150) + "id=:e":     "The expression contains too many operators; operator count: 301",
		"name = :x AND (": `Syntax error; token: "<EOF>", near: "("`, // syntax comes before all else
	} {
		c, err := ParseCondition(text, NewScope(names(), values(t)))
		if err == nil || err.Error() != want {
			t.Errorf("%.60s: %v, %v\nwant %s", text, c, err, want)
		}
	}
}

func TestUpdates(t *testing.T) {
	for _, c := range []struct{ text, item, want string }{
		{"SET a = :n", `{}`, `{"a":{"N":"10"}}`},
		{"set a = b, b = a", `{"a":{"N":"1"},"b":{"N":"2"}}`, `{"a":{"N":"2"},"b":{"N":"1"}}`},
		{"SET a = a + :n, b = :m - :n", `{"a":{"N":"0.5"}}`, `{"a":{"N":"10.5"},"b":{"N":"10"}}`},
		{"SET a = if_not_exists(a, :n) + :two", `{}`, `{"a":{"N":"12"}}`},
		{"SET a = if_not_exists(a, :n) + :two", `{"a":{"N":"1"}}`, `{"a":{"N":"3"}}`},
		{"SET a = (if_not_exists(b, :n))", `{}`, `{"a":{"N":"10"}}`},
		{"SET a = list_append(a, :list), b = list_append(:list, a)", `{"a":{"L":[{"S":"x"}]}}`, `{"a":{"L":[{"S":"x"},{"S":"z"}]},"b":{"L":[{"S":"z"},{"S":"x"}]}}`},
		{"SET a = list_append(if_not_exists(a, :list), :list)", `{}`, `{"a":{"L":[{"S":"z"},{"S":"z"}]}}`},
		{"SET m.city = :a, m.#count = :n", `{"m":{"M":{"city":{"S":"x"},"zip":{"S":"1"}}}}`, `{"m":{"M":{"city":{"S":"a"},"count":{"N":"10"},"zip":{"S":"1"}}}}`},
		{"SET l[1] = :a, l[7] = :s, l[9] = :e", `{"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}}`, `{"l":{"L":[{"N":"0"},{"S":"a"},{"N":"2"},{"S":"o-"},{"S":"o-17"}]}}`},
		{"SET l[0].n = l[1].n", `{"l":{"L":[{"M":{}},{"M":{"n":{"N":"5"}}}]}}`, `{"l":{"L":[{"M":{"n":{"N":"5"}}},{"M":{"n":{"N":"5"}}}]}}`},
		{"REMOVE a, m.x, l[0], l[2], gone", `{"a":{"S":"x"},"m":{"M":{"x":{"S":"y"}}},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}}`, `{"l":{"L":[{"N":"1"}]},"m":{"M":{}}}`},
		{"REMOVE l[5]", `{"l":{"L":[]}}`, `{"l":{"L":[]}}`},
		{"ADD a :n, b :n, tags :set, fresh :set", `{"a":{"N":"1"},"tags":{"SS":["new","old"]}}`, `{"a":{"N":"11"},"b":{"N":"10"},"fresh":{"SS":["gift","new"]},"tags":{"SS":["gift","new","old"]}}`},
		{"ADD m.n :n", `{"m":{"M":{}}}`, `{"m":{"M":{"n":{"N":"10"}}}}`},
		{"DELETE tags :set, sizes :nset, nil0 :set", `{"tags":{"SS":["new","old"]},"sizes":{"NS":["2","3"]}}`, `{"tags":{"SS":["old"]}}`},
		{"DELETE tags :set SET a = :n REMOVE b ADD c :n", `{"tags":{"SS":["x"]},"b":{"S":"y"}}`, `{"a":{"N":"10"},"c":{"N":"10"},"tags":{"SS":["x"]}}`},
		{"SET a = :n REMOVE a1", `{"a1":{"S":"x"}}`, `{"a":{"N":"10"}}`},
	} {
		before := item(t, c.item)
		u, err := ParseUpdate(c.text, NewScope(names(), values(t)))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		after, err := u.Apply(before)
		text, _ := json.Marshal(after)
		if err != nil || string(text) != c.want {
			t.Errorf("%s: %s, %v\nwant %s", c.text, text, err, c.want)
		}
		if untouched, _ := json.Marshal(before); string(untouched) != jsonOf(t, item(t, c.item)) {
			t.Errorf("%s changed the item that it was given to %s", c.text, untouched)
		}
	}
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestUpdateRefusals(t *testing.T) {
	const operand = "Incorrect operand type for operator or function; operator: "
	for text, want := range map[string]string{
		"":                              "The expression can not be empty;",
		"SET":                           `Syntax error; token: "<EOF>", near: "SET"`,
		"a = :n":                        `Syntax error; token: "a", near: "a ="`,
		"SET a = :n, ":                  `Syntax error; token: "<EOF>", near: ","`,
		"SET a = :n + :n + :n":          `Syntax error; token: "+", near: ":n + :n"`,
		"SET a :n":                      `Syntax error; token: ":n", near: "a :n"`,
		"ADD a b":                       `Syntax error; token: "b", near: "a b"`,
		"REMOVE a = :n":                 `Syntax error; token: "=", near: "a = :n"`,
		"SET a = :n SET b = :n":         `The "SET" section can only be used once in an update expression;`,
		"SET a = :n, a.b = :n":          "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
		"SET a.b = :n REMOVE a":         "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]",
		"SET a.b = :n, a[0] = :n":       "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
		"SET a = :n ADD a :n":           "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
		"SET name = :n":                 "Attribute name is a reserved keyword; reserved keyword: name",
		"SET a = :s + :n":               "Incorrect operand type for operator or function; operator or function: +, operand type: S",
		"SET a = list_append(:n, b)":    "Incorrect operand type for operator or function; operator or function: list_append, operand type: N",
		"SET a = size(b)":               "The function is not allowed in an update expression; function: size",
		"SET a = foo(b)":                "Invalid function name; function: foo",
		"SET a = if_not_exists(:n, :n)": "Operator or function requires a document path; operator or function: if_not_exists",
		"SET a = if_not_exists(a)":      "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1",
		"ADD a :s":                      operand + "ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
		"ADD a :list":                   operand + "ADD, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND",
		"DELETE a :n":                   operand + "DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND",
		"SET a[2000000] = :n":           "List index is not within the allowable range; index: [2000000]",
		"SET a = :x":                    "An expression attribute value used in expression is not defined; attribute value: :x",
	} {
		u, err := ParseUpdate(text, NewScope(names(), values(t)))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, %v\nwant %s", text, u, err, want)
		}
	}
	for _, c := range []struct{ text, item, want string }{
		{"SET a = b", `{}`, errMissing.Error()},
		{"SET a = a + :n", `{}`, errMissing.Error()},
		{"SET a = a + :n", `{"a":{"S":"x"}}`, errOperand.Error()},
		{"SET a = list_append(a, :list)", `{"a":{"S":"x"}}`, errOperand.Error()},
		{"SET a.b = :n", `{}`, errPath.Error()},
		{"SET a.b = :n", `{"a":{"S":"x"}}`, errPath.Error()},
		{"SET a[0] = :n", `{"a":{"M":{}}}`, errPath.Error()},
		{"SET a[3].b = :n", `{"a":{"L":[]}}`, errPath.Error()},
		{"REMOVE a.b", `{}`, errPath.Error()},
		{"ADD a :n", `{"a":{"S":"x"}}`, errOperand.Error()},
		{"ADD a :set", `{"a":{"NS":["1"]}}`, errOperand.Error()},
		{"DELETE a :set", `{"a":{"NS":["1"]}}`, errOperand.Error()},
		{"SET a = a + :n", `{"a":{"N":"1E-120"}}`, "Attempting to store more than 38 significant digits in a Number"},
	} {
		u, err := ParseUpdate(c.text, NewScope(names(), values(t)))
		if err != nil {
			t.Fatal(c.text, err)
		}
		if got, err := u.Apply(item(t, c.item)); err == nil || err.Error() != c.want {
			t.Errorf("%s of %s: %v, %v\nwant %s", c.text, c.item, got, err, c.want)
		}
	}
}

func TestProjections(t *testing.T) {
	i := item(t, order)
	for text, want := range map[string]string{
		"id":                       `{"id":{"S":"o-17"}}`,
		"id, absent":               `{"id":{"S":"o-17"}}`,
		"absent":                   `{}`,
		"address.city":             `{"address":{"M":{"city":{"S":"Köln"}}}}`,
		"address.city, address.#d": `{"address":{"M":{"city":{"S":"Köln"},"dot.ted":{"S":"x"}}}}`,
		"goods[1].sku, goods[0].n": `{"goods":{"L":[{"M":{"n":{"N":"2"}}},{"M":{"sku":{"S":"b"}}}]}}`,
		"goods[1]":                 `{"goods":{"L":[{"M":{"n":{"N":"1"},"sku":{"S":"b"}}}]}}`,
		"goods[7], id.x, tags[0]":  `{}`,
	} {
		p, err := ParseProjection(text, NewScope(names(), nil))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := jsonOf(t, p.Of(i)); got != want {
			t.Errorf("%s gives %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"id,":       `Syntax error; token: "<EOF>", near: ","`,
		"id, id":    "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [id], path two: [id]",
		"a, a.b":    "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
		"a.b, a[1]": "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]",
		":v":        `Syntax error; token: ":v", near: ":v"`,
		"size(a)":   `Syntax error; token: "(", near: "size(a"`,
	} {
		if p, err := ParseProjection(text, NewScope(nil, nil)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, %v\nwant %s", text, p, err, want)
		}
	}
}

func TestScopeKnowsWhatIsUnused(t *testing.T) {
	s := NewScope(map[string]string{"#b": "b", "#a": "a", "#c": "c"}, map[string]value.Value{":y": value.Int(1), ":x": value.Int(2)})
	if _, err := ParseCondition("#a.#b = :x", s); err != nil {
		t.Fatal(err)
	}
	names, values := s.Unused()
	if strings.Join(names, " ") != "#c" || strings.Join(values, " ") != ":y" {
		t.Errorf("unused are %v and %v", names, values)
	}
	for text, want := range map[string]bool{"#a": true, "#1_b": true, "#": false, "a": false, "#a-b": false, ":a": false, "#ä": false} {
		if Placeholder(text, '#') != want {
			t.Errorf("%s is a placeholder: %v", text, !want)
		}
	}
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html has 573 words.
func TestReservedWords(t *testing.T) {
	words := strings.Fields(reserved)
	if len(words) != 573 {
		t.Errorf("%d words are reserved", len(words))
	}
	for _, w := range []string{"abort", "NAME", "Status", "size", "zone", "ttl", "year", "data"} {
		if !Reserved(w) {
			t.Errorf("%s is not reserved", w)
		}
	}
	for _, w := range []string{"id", "artist", "AB", ""} {
		if Reserved(w) {
			t.Errorf("%q is reserved", w)
		}
	}
}

func seeds(f *testing.F) {
	for _, s := range []string{"a = :n AND NOT (b[0].#t < :s OR size(c) IN (:n, :m))", "attribute_type(a, :S)", "a BETWEEN :n AND :m", "SET a.b = if_not_exists(a.b, :n) + :n, l[2] = list_append(:list, c) REMOVE d[1], d[0] ADD tags :set DELETE e :set",
		"a, b.c[0].#d", "((a) = :n)", "contains(a, :s)", "REMOVE goods[0].n SET goods[1] = goods[0]"} {
		f.Add(s)
	}
}

// Whatever is parsed can be evaluated on any item, and is parsed alike again.
func FuzzCondition(f *testing.F) {
	seeds(f)
	i := item(f, order)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCondition(text, NewScope(names(), values(t)))
		if err != nil {
			return
		}
		if again, err := ParseCondition(" "+text+" ", NewScope(names(), values(t))); len(text) < 4000 && (err != nil || again.Holds(i) != c.Holds(i)) {
			t.Errorf("%q is another condition with spaces around it: %v", text, err)
		}
		c.Holds(nil)
		c.Paths()
	})
}

func FuzzUpdate(f *testing.F) {
	seeds(f)
	i := item(f, order)
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseUpdate(text, NewScope(names(), values(t)))
		if err != nil {
			return
		}
		for _, of := range []value.Item{i, {}} {
			before := jsonOf(t, of)
			if after, err := u.Apply(of); err == nil && after == nil {
				t.Errorf("%q leaves no item", text)
			}
			if jsonOf(t, of) != before {
				t.Errorf("%q changed the item that it was given", text)
			}
		}
	})
}

func FuzzProjection(f *testing.F) {
	seeds(f)
	i := item(f, order)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseProjection(text, NewScope(names(), nil))
		if err != nil {
			return
		}
		if once := p.Of(i); len(once) > len(i) {
			t.Errorf("%q gives more than there is", text)
		}
		p.Of(nil)
	})
}
