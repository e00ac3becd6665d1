package dynamodb

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"airloom/backend/catalog/aws/dynamodb/expression"
	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/kind"
)

// placeholders are the names and values that a request's expressions refer to.
type placeholders struct {
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues map[string]json.RawMessage
}

// written is an expression of a request by the name of its parameter, nil where the request has none.
type written struct {
	name string
	text *string
}

// scope checks the placeholders against the expressions that a request could have.
func (p placeholders) scope(all ...written) (*expression.Scope, error) {
	var valued []string
	given := false
	for _, e := range all {
		given = given || e.text != nil
		if e.name != "ProjectionExpression" {
			valued = append(valued, e.name)
		}
	}
	if p.ExpressionAttributeNames != nil {
		if !given {
			return nil, invalid("ExpressionAttributeNames can only be specified when using expressions")
		}
		if len(p.ExpressionAttributeNames) == 0 {
			return nil, invalid("ExpressionAttributeNames must not be empty")
		}
		for _, n := range slices.Sorted(maps.Keys(p.ExpressionAttributeNames)) {
			if !expression.Placeholder(n, '#') {
				return nil, invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: %q", n)
			}
		}
	}
	values := map[string]value.Value{}
	if p.ExpressionAttributeValues != nil {
		if !slices.ContainsFunc(all, func(e written) bool { return e.text != nil && e.name != "ProjectionExpression" }) {
			verb := " is null"
			if len(valued) > 1 {
				verb = " are null"
			}
			return nil, invalid("ExpressionAttributeValues can only be specified when using expressions: %s%s", strings.Join(valued, " and "), verb)
		}
		if len(p.ExpressionAttributeValues) == 0 {
			return nil, invalid("ExpressionAttributeValues must not be empty")
		}
		for _, n := range slices.Sorted(maps.Keys(p.ExpressionAttributeValues)) {
			if !expression.Placeholder(n, ':') {
				return nil, invalid("ExpressionAttributeValues contains invalid key: Syntax error; key: %q", n)
			}
			var v value.Value
			if err := json.Unmarshal(p.ExpressionAttributeValues[n], &v); err != nil {
				var known value.Error
				if errors.As(err, &known) && known.Serialization {
					return nil, err
				}
				return nil, invalid("ExpressionAttributeValues contains invalid value: %s for key %s", err.Error(), n)
			}
			values[n] = v
		}
	}
	return expression.NewScope(p.ExpressionAttributeNames, values), nil
}

// used refuses placeholders that no expression has used.
func used(s *expression.Scope) error {
	names, values := s.Unused()
	if len(names) > 0 {
		return invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", strings.Join(names, ", "))
	}
	if len(values) > 0 {
		return invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", strings.Join(values, ", "))
	}
	return nil
}

// condition parses a condition, nil where there is none.
func condition(name string, text *string, s *expression.Scope) (*expression.Condition, error) {
	if text == nil {
		return nil, nil
	}
	c, err := expression.ParseCondition(*text, s)
	if err != nil {
		return nil, invalid("Invalid %s: %s", name, err.Error())
	}
	return c, nil
}

// projectionOf parses a projection, nil where there is none.
func projectionOf(text *string, s *expression.Scope) (*expression.Projection, error) {
	if text == nil {
		return nil, nil
	}
	p, err := expression.ParseProjection(*text, s)
	if err != nil {
		return nil, invalid("Invalid ProjectionExpression: %s", err.Error())
	}
	return p, nil
}

// target finds the table of a request after checking that the caller may do this to it, or to its index.
func (c call) target(name, indexName, action string, more ...func(table, map[string]string)) (table, error) {
	if name == "" {
		return table{}, invalid("1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null")
	}
	in, ok := tableAt(c.w, name)
	arn := in.ARN
	if !ok {
		if arn = name; !strings.HasPrefix(name, "arn:") {
			arn = c.w.ARN("dynamodb", "table/"+name)
		}
	}
	if indexName != "" {
		arn += "/index/" + indexName
	}
	about := map[string]string{}
	t := tableOf(in)
	if ok {
		for _, add := range more {
			add(t, about)
		}
	}
	if err := c.w.Allow(kind.Access{Principal: c.who, Action: "dynamodb:" + action, Resource: arn, Context: about}); err != nil {
		return t, err
	}
	if !ok {
		return t, noTable()
	}
	return t, nil
}

// leading gives the condition keys of fine-grained access: the partition keys that a request touches, and the attributes
// that it names.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
func leading(items ...value.Item) func(table, map[string]string) {
	return func(t table, about map[string]string) {
		var values, names []string
		for _, item := range items {
			if v, ok := item[t.keys.partition]; ok {
				values = append(values, plain(v))
			}
			names = slices.AppendSeq(names, maps.Keys(item))
		}
		add(about, "dynamodb:LeadingKeys", values...)
		add(about, "dynamodb:Attributes", names...)
	}
}

// naming gives the attributes that parsed expressions name.
func naming(paths []expression.Path) func(table, map[string]string) {
	return func(_ table, about map[string]string) {
		for _, p := range paths {
			add(about, "dynamodb:Attributes", p[0].Name)
		}
	}
}

// choosing gives what a request wants to be answered with.
func choosing(key, what string) func(table, map[string]string) {
	return func(_ table, about map[string]string) {
		if what != "" {
			about[key] = what
		}
	}
}

// add adds values to a condition key of several values.
func add(about map[string]string, key string, values ...string) {
	have := strings.FieldsFunc(about[key], func(r rune) bool { return r == '\x1f' })
	for _, v := range values {
		if !slices.Contains(have, v) {
			have = append(have, v)
		}
	}
	if slices.Sort(have); len(have) > 0 {
		about[key] = strings.Join(have, "\x1f")
	}
}

func plain(v value.Value) string {
	if v.Kind == value.Num {
		return v.Number.String()
	}
	return v.Text
}

// checkKey checks a key that names one item.
func (t table) checkKey(key value.Item) error {
	if len(key) != len(t.keys.names()) {
		return invalid("The provided key element does not match the schema")
	}
	for _, name := range t.keys.names() {
		if v, ok := key[name]; !ok || v.Kind != t.types[name] {
			return invalid("The provided key element does not match the schema")
		}
	}
	return t.checkKeySize(key)
}

// checkKeySize checks what is known to be a key of the right types.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys
func (t table) checkKeySize(item value.Item) error {
	for _, name := range t.keys.names() {
		v := item[name]
		switch size := len(v.Text); {
		case v.Kind == value.Num:
		case size == 0:
			return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s",
				map[value.Kind]string{value.String: "string", value.Binary: "binary"}[v.Kind], name)
		case name == t.keys.partition && size > maxPartitionKey:
			return invalid("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")
		case name != t.keys.partition && size > maxSortKey:
			return invalid("One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
		}
	}
	return nil
}

const maxPartitionKey, maxSortKey, maxItem = 2048, 1024, 400 << 10

// checkItem checks an item that is to be written.
func (t table) checkItem(item value.Item) error {
	for _, name := range t.keys.names() {
		v, ok := item[name]
		if !ok {
			return invalid("One or more parameter values were invalid: Missing the key %s in the item", name)
		}
		if v.Kind != t.types[name] {
			return invalid("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s", name, t.types[name], v.Kind)
		}
	}
	if err := t.checkKeySize(item); err != nil {
		return err
	}
	for _, x := range t.indexes {
		for _, name := range x.keys.names() {
			v, ok := item[name]
			switch {
			case !ok:
			case v.Kind != t.types[name]:
				return invalid("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", name, t.types[name], v.Kind, x.name)
			case v.Kind != value.Num && v.Text == "":
				return invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s",
					map[value.Kind]string{value.String: "string", value.Binary: "binary"}[v.Kind], x.name, name)
			}
		}
	}
	return nil
}

// checkPaths refuses paths that go into a key attribute.
func (t table) checkPaths(paths []expression.Path) error {
	for _, p := range paths {
		if len(p) == 1 {
			continue
		}
		const text = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: %s: %s"
		if slices.Contains(t.keys.names(), p[0].Name) {
			return invalid(text, "Key", p[0].Name)
		}
		for _, x := range t.indexes {
			if slices.Contains(x.keys.names(), p[0].Name) {
				return invalid(text, "IndexKey", p[0].Name)
			}
		}
	}
	return nil
}

// enum refuses a choice that the API does not know.
func enum(parameter, got string, known ...string) error {
	if got == "" || slices.Contains(known, got) {
		return nil
	}
	return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: [%s]", got, parameter, strings.Join(known, ", "))
}
