// Package ssm is the kind aws.ssm: a parameter of Systems Manager's Parameter Store. kind.go says what it is and which
// CloudFormation it becomes, call.go how it is called; the other files are its offline behaviour over kind.World. It imports
// kind, cfn and fault only.
package ssm

import (
	_ "embed"
	"regexp"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the parameter's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallTarget = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Caller     = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	doc     = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html"
	docTier = "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
	docName = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html"
)

// Spec describes the parameter.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.ssm", Title: "SSM parameter", Noun: "parameter", Category: "Data",
		Summary:  "Keeps a setting outside of the code, so that it changes without a deployment of those who read it",
		Keywords: []string{"parameter store", "systems manager", "setting", "configuration", "flag"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html",
		Shape: kind.Box, Callable: true,
		Fields: []kind.Field{
			{Name: "value", Title: "Value", Type: kind.LongText, Required: true, Doc: doc, Help: "It stands in the drawing and in the template: nothing secret here. The items of a list are separated by commas."},
			{Name: "type", Title: "Type", Type: kind.Choice, Options: []string{"text", "list"}, Default: "text", Doc: doc},
			{Name: "description", Title: "Description", Type: kind.Text, Doc: doc},
			{Name: "allowedPattern", Title: "Allowed pattern", Type: kind.Text, Group: "Advanced", Doc: doc, Help: `A regular expression that every value matches as a whole: \d+`},
			{Name: "tier", Title: "Tier", Type: kind.Choice, Group: "Advanced", Options: []string{"standard", "advanced"}, Default: "standard", Doc: docTier,
				Help: "Standard: 4 KB, no charge. Advanced: 8 KB, and charged for. AWS does not turn an advanced parameter back."},
			{Name: "parameterName", Title: "Parameter name", Type: kind.Text, Group: "Advanced", Pattern: `(/[A-Za-z0-9_.-]+){1,15}|[A-Za-z0-9_.-]+`, Doc: docName,
				Help: "Left empty, CloudFormation makes a name. A fixed name stops two stacks from living in one account."},
		},
		Ports: []kind.Port{{ID: "in", Title: "Readers", Dir: kind.In, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"read", "write"}}}}},
	}
}

// types and tiers are what CloudFormation calls the options.
var (
	types = map[string]string{"text": "String", "list": "StringList"}
	tiers = map[string]string{"standard": "Standard", "advanced": "Advanced"}
)

// Emit adds the parameter.
func (Kind) Emit(s *kind.Scope) error {
	p := map[string]any{"Type": types[s.String("type")], "Value": s.String("value"), "Tier": tiers[s.String("tier")]}
	for property, field := range map[string]string{"Name": "parameterName", "Description": "description", "AllowedPattern": "allowedPattern"} {
		if text := s.String(field); text != "" {
			p[property] = text
		}
	}
	id := s.Add("", kind.Resource{Type: parameterType, Properties: p})
	s.Output("Name", "The parameter "+s.Node.Name, cfn.Ref(id))
	return nil
}

// Grant lets a caller read the value or put a new one in.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	actions := map[string][]string{"read": {"ssm:GetParameter", "ssm:GetParameters"}, "write": {"ssm:PutParameter"}}[w.Edge.Access]
	if actions == nil {
		return kind.Grant{}, fault.New(fault.Invalid, "a parameter offers no access %q", w.Edge.Access).At(string(w.Edge.ID)).Try("choose read or write")
	}
	name := cfn.Ref(w.To.Logical(""))
	before := ":parameter/"
	if strings.HasPrefix(w.To.String("parameterName"), "/") {
		before = ":parameter" // the name brings the slash
	}
	arn := cfn.Join("", "arn:", cfn.Partition, ":ssm:", cfn.Region, ":", cfn.AccountID, before, name)
	return kind.Grant{ARN: arn, Statements: []kind.Statement{{Actions: actions, Resources: []any{arn}}}, Variables: map[string]any{"PARAMETER_NAME": name}}, nil
}

// Check finds values that AWS refuses. A pattern that Go cannot read may be right for AWS, whose language is larger.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	find := func(field, hint, message, source string) fault.Finding {
		return fault.Finding{Rule: "parameter", Severity: fault.Blocking, Node: string(s.Node.ID), Field: field, Message: message, Hint: hint, Source: source}
	}
	var out []fault.Finding
	value := s.String("value")
	if len(value) > limits[tiers[s.String("tier")]] {
		out = append(out, find("value", "shorten it, or keep it in a table or a bucket", "the value is longer than the tier allows", docTier))
	}
	if pattern, err := regexp.Compile(whole(s.String("allowedPattern"))); err == nil && s.String("allowedPattern") != "" && value != "" && !pattern.MatchString(value) {
		out = append(out, find("value", "change the value or the pattern", "the value does not match the allowed pattern", doc))
	}
	if len(s.String("description")) > 1024 {
		out = append(out, find("description", "shorten it", "a description has at most 1,024 characters", doc))
	}
	if name := strings.ToLower(strings.TrimPrefix(s.String("parameterName"), "/")); strings.HasPrefix(name, "aws") || strings.HasPrefix(name, "ssm") {
		out = append(out, find("parameterName", "begin it otherwise", "the names of parameters do not begin with aws or ssm", docName))
	}
	return out
}
