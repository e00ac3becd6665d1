package lambda

import (
	"context"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// createPermission adds a statement to the function's policy, with the conditions that AddPermission writes.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
func createPermission(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	fn, err := target(w, in, "FunctionName")
	if err != nil {
		return in, err
	}
	p := in.Properties
	action := property.Text(p, "Action")
	if !strings.HasPrefix(action, "lambda:") {
		return in, fault.New(fault.Invalid, "%q is no action of Lambda", action).At(in.LogicalID)
	}
	statement := map[string]any{"Sid": in.PhysicalID, "Effect": "Allow", "Action": action, "Resource": fn.ARN, "Principal": principalOf(property.Text(p, "Principal"))}
	condition := map[string]any{}
	for _, c := range []struct{ property, operator, key string }{
		{"SourceArn", "ArnLike", "AWS:SourceArn"}, {"SourceAccount", "StringEquals", "AWS:SourceAccount"}, {"PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"},
		{"FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"}, {"EventSourceToken", "StringEquals", "lambda:EventSourceToken"},
	} {
		if value := property.Text(p, c.property); value != "" {
			keys, _ := condition[c.operator].(map[string]any)
			if keys == nil {
				keys = map[string]any{}
			}
			keys[c.key], condition[c.operator] = value, keys
		}
	}
	if property.Flag(p, "InvokedViaFunctionUrl") {
		condition["Bool"] = map[string]any{"lambda:InvokedViaFunctionUrl": "true"}
	}
	if len(condition) > 0 {
		statement["Condition"] = condition
	}
	w.SetPolicy(fn.ARN, in.PhysicalID, map[string]any{"Version": "2012-10-17", "Id": "default", "Statement": []any{statement}})
	in.Attributes = map[string]any{"Id": in.PhysicalID}
	return in, nil
}

func deletePermission(_ context.Context, w kind.World, in kind.Instance) error {
	name, _ := nameOf(property.Text(in.Properties, "FunctionName"))
	w.SetPolicy(w.ARN("lambda", "function:"+name), in.PhysicalID, nil)
	return nil
}

func principalOf(p string) any {
	switch {
	case p == "*":
		return p
	case strings.HasSuffix(p, ".amazonaws.com"):
		return map[string]any{"Service": p}
	}
	return map[string]any{"AWS": p}
}
