package lambda

import (
	"encoding/base64"
	"encoding/json"
	"slices"

	"airloom/backend/fault"
	"airloom/backend/kind/pattern"
	"airloom/backend/kind/property"
)

// filters let a record through when one of them matches; none lets all through.
type filters struct {
	patterns []pattern.Pattern
	service  string
}

func filtersOf(criteria any, service string) (filters, error) {
	f := filters{service: service}
	list, _ := property.At(criteria, "Filters").([]any)
	if len(list) > 10 {
		return f, fault.New(fault.Limit, "an event source mapping takes at most 10 filters, not %d", len(list))
	}
	for _, entry := range list {
		p, err := pattern.ParseFilter([]byte(property.Text(entry, "Pattern")))
		if err != nil {
			return f, err
		}
		f.patterns = append(f.patterns, p)
	}
	return f, nil
}

func (f filters) admit(record map[string]any) bool {
	if len(f.patterns) == 0 {
		return true
	}
	seen := f.view(record)
	return slices.ContainsFunc(f.patterns, func(p pattern.Pattern) bool { return p.Match(seen) })
}

// view is what a filter sees of a record: the body of a message, or the data of a Kinesis record, as JSON where it is some.
func (f filters) view(record map[string]any) any {
	seen := map[string]any{}
	switch f.service {
	case "sqs":
		body := property.Text(record, "body")
		seen["body"] = parsed(body)
		return seen
	case "kinesis":
		inner, _ := record["kinesis"].(map[string]any)
		for k, v := range inner {
			seen[k] = v
		}
		data := property.Text(inner, "data")
		if raw, err := base64.StdEncoding.DecodeString(data); err == nil {
			seen["data"] = parsed(string(raw))
		}
		return seen
	}
	return record
}

// parsed is text as JSON, where it is an object or an array.
func parsed(text string) any {
	var v any
	if json.Unmarshal([]byte(text), &v) == nil {
		switch v.(type) {
		case map[string]any, []any:
			return v
		}
	}
	return text
}
