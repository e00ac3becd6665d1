package dynamodb

import (
	"slices"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const maxGlobal, maxLocal, maxIncluded = 20, 5, 20

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	var out []fault.Finding
	find := func(field, hint, format string, args ...any) {
		out = append(out, fault.Finding{Rule: "table", Severity: fault.Blocking, Node: string(s.Node.ID), Field: field, Source: doc,
			Message: fault.New("", format, args...).Message, Hint: hint})
	}
	types := map[string]string{}
	for _, a := range attributes(s) {
		if was := types[a.name]; was != "" && was != a.typ {
			find(a.field, "give it the same type everywhere", "the attribute %s has one type in one key and another in the next", a.name)
		}
		types[a.name] = a.typ
	}
	if s.String("sortKey") == s.String("partitionKey") {
		find("sortKey", "use another attribute, or none", "the attribute %s cannot be both the partition key and the sort key", s.String("sortKey"))
	}
	names := map[string]bool{}
	for field, limit := range map[string]int{"indexes": maxGlobal, "localIndexes": maxLocal} {
		rows := s.Rows(field)
		if len(rows) > limit {
			find(field, "remove some", "%d indexes are more than the %d that a table may have", len(rows), limit)
		}
		for i, row := range rows {
			name := property.Text(row, "name")
			switch {
			case name == "":
				find(field, "give it a name", "index %d has no name", i+1)
			case names[name]:
				find(field, "rename one of them", "two indexes have the name %s", name)
			}
			names[name] = true
			if field == "indexes" && property.Text(row, "partitionKey") == "" {
				find(field, "name an attribute", "the index %s has no partition key", name)
			}
			if field == "localIndexes" && property.Text(row, "sortKey") == "" {
				find(field, "name an attribute", "the index %s has no sort key", name)
			}
			include, _ := row["include"].([]any)
			switch chosen := property.Text(row, "projection") == "include"; {
			case chosen && len(include) == 0:
				find(field, "list attributes, or project the keys alone", "the index %s includes no attribute", name)
			case !chosen && len(include) > 0:
				find(field, "choose include, or empty the list", "the index %s lists attributes that its projection does not look at", name)
			case len(include) > maxIncluded:
				find(field, "project all of them", "the index %s includes %d attributes, and at most %d can be", name, len(include), maxIncluded)
			}
		}
	}
	if len(s.Rows("localIndexes")) > 0 && s.String("sortKey") == "" {
		find("localIndexes", "give the table a sort key, or make the index a global one", "a table without a sort key has no local indexes")
	}
	if s.Flag("protected") && !s.Flag("keep") {
		out = append(out, fault.Finding{Rule: "table-protected", Severity: fault.Warning, Node: string(s.Node.ID), Field: "protected", Source: doc,
			Message: "the stack cannot be taken down while the table is protected from deletion", Hint: "keep the table when removed, or take the protection back before"})
	}
	slices.SortFunc(out, fault.Compare)
	return out
}
