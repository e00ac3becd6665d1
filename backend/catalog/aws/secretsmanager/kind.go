// Package secretsmanager is the kind aws.secret: a secret of Secrets Manager, whose value stands neither in the drawing nor in
// the template. kind.go says what it is and which CloudFormation it becomes; the other files are its offline behaviour over
// kind.World. It imports kind, cfn and fault only.
package secretsmanager

import (
	_ "embed"
	"encoding/json"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the secret's kind. The zero value is ready.
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
	doc         = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html"
	docGenerate = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html"
)

// Spec describes the secret.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.secret", Title: "Secret", Noun: "secret", Category: "Security",
		Summary:  "Keeps a password or key away from code, drawing and template, and gives it to the functions that may read it",
		Keywords: []string{"password", "key", "credential", "token", "secrets manager"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html",
		Shape: kind.Box, Stateful: true, Callable: true,
		Fields: []kind.Field{
			{Name: "value", Title: "Value", Type: kind.Choice, Options: []string{"generated", "supplied"}, Default: "generated", Doc: docGenerate,
				Help: "Generated: AWS makes a random value at the first deployment. Supplied: the secret is empty until somebody puts a value in, for instance by calling the node."},
			{Name: "description", Title: "Description", Type: kind.Text, Help: "What it is for. Never the value itself."},
			{Name: "length", Title: "Length", Type: kind.Number, Group: "Generated value", Default: 32.0, Min: kind.Bound(8), Max: kind.Bound(4096), Step: 1, Doc: docGenerate},
			{Name: "punctuation", Title: "With punctuation", Type: kind.Flag, Group: "Generated value", Default: false, Help: "Letters and digits alone need no escaping anywhere."},
			{Name: "without", Title: "Without characters", Type: kind.Text, Group: "Generated value", Doc: docGenerate},
			{Name: "template", Title: "JSON around it", Type: kind.JSON, Group: "Generated value", Doc: docGenerate,
				Help: `An object that the value is put into, as {"username": "admin"}. It stands in the template: nothing secret here.`},
			{Name: "key", Title: "Its key in the JSON", Type: kind.Text, Group: "Generated value", Default: "password", Pattern: `.{1,256}`, Doc: docGenerate},
			{Name: "secretName", Title: "Secret name", Type: kind.Text, Group: "Advanced", Pattern: `[A-Za-z0-9/_+=.@-]{1,512}`, Doc: doc,
				Help: "Left empty, CloudFormation makes a name. A fixed name stops two stacks from living in one account."},
			{Name: "keep", Title: "Keep when removed", Type: kind.Flag, Group: "Advanced", Default: false,
				Help: "The secret stays in the account when it leaves the drawing or the stack is destroyed."},
		},
		Ports: []kind.Port{{ID: "in", Title: "Readers", Dir: kind.In, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"read", "write"}}}}},
	}
}

// Emit adds the secret.
func (Kind) Emit(s *kind.Scope) error {
	p := map[string]any{}
	if text := s.String("description"); text != "" {
		p["Description"] = text
	}
	if name := s.String("secretName"); name != "" {
		p["Name"] = name
	}
	if s.String("value") == "generated" {
		g := map[string]any{"PasswordLength": int(s.Number("length")), "ExcludePunctuation": !s.Flag("punctuation")}
		if without := s.String("without"); without != "" {
			g["ExcludeCharacters"] = without
		}
		if around := s.Map("template"); around != nil {
			text, err := json.Marshal(around)
			if err != nil {
				return fault.Wrap(err, fault.Invalid, "print the JSON around the value").At(string(s.Node.ID))
			}
			g["SecretStringTemplate"], g["GenerateStringKey"] = string(text), s.String("key")
		}
		p["GenerateSecretString"] = g
	}
	id := s.AddStateful("", kind.Resource{Type: secretType, Properties: p})
	s.Output("Arn", "The secret "+s.Node.Name, cfn.Ref(id))
	return nil
}

// Grant lets a caller read the secret or put a new value into it.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	arn := cfn.Ref(w.To.Logical(""))
	actions := map[string][]string{"read": {"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, "write": {"secretsmanager:PutSecretValue"}}[w.Edge.Access]
	if actions == nil {
		return kind.Grant{}, fault.New(fault.Invalid, "a secret offers no access %q", w.Edge.Access).At(string(w.Edge.ID)).Try("choose read or write")
	}
	return kind.Grant{ARN: arn, Statements: []kind.Statement{{Actions: actions, Resources: []any{arn}}}, Variables: map[string]any{"SECRET_ARN": arn}}, nil
}

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	find := func(field, hint, message string) []fault.Finding {
		return []fault.Finding{{Rule: "secret", Severity: fault.Blocking, Node: string(s.Node.ID), Field: field, Message: message, Hint: hint, Source: docGenerate}}
	}
	around := s.Value("template")
	if around == nil || s.String("value") != "generated" {
		return nil
	}
	fields, ok := around.(map[string]any)
	if !ok {
		return find("template", `write it as {"username": "admin"}`, "the JSON around the value is no object")
	}
	if _, taken := fields[s.String("key")]; taken {
		return find("key", "use another key, or leave it out of the JSON", "the JSON around the value has the key "+s.String("key")+" already, which would be overwritten")
	}
	return nil
}
