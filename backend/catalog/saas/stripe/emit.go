package stripe

import (
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/kind"
)

// Suffixes of the node's secrets and of the output that says what to do with the webhook.
const (
	signing, apiKey, webhookURL = "SigningSecret", "ApiKey", "WebhookUrl"
)

// Emit adds nothing: the account lives at Stripe. Its wires bring the secrets that they need.
func (Kind) Emit(*kind.Scope) error { return nil }

// Hook gives the receiver the signing secret of the webhook. Registering the address is the person's step, which the output
// names: an endpoint's secret exists only after it.
// https://docs.stripe.com/webhooks#register-webhook
func (Kind) Hook(w *kind.Wire, url any) (kind.Grant, error) {
	arn := secret(w.From, signing, "signing secret of the webhook (whsec_...)")
	events := "the events you need"
	if names := w.Strings("events"); len(names) > 0 {
		events = strings.Join(names, ", ")
	}
	w.From.Output(webhookURL, short("Register this address at Stripe (Developers, Webhooks) for "+events+". Then put its signing secret into the secret "+w.From.Logical(signing)), url)
	return kind.Grant{ARN: arn, Statements: read(arn), Variables: map[string]any{"WEBHOOK_SECRET_ARN": arn}}, nil
}

// Grant gives a caller the API key.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	arn := secret(w.To, apiKey, "secret or restricted API key (sk_... or rk_...)")
	return kind.Grant{ARN: arn, Statements: read(arn), Variables: map[string]any{"API_KEY_ARN": arn}}, nil
}

// secret adds one of the node's secrets and gives its ARN. It is born with a random value: no secret stands in a template, and
// offline the webhook works at once, since the test event is signed with the same value.
func secret(s *kind.Scope, suffix, what string) any {
	if s.Resource(suffix) == nil {
		s.Add(suffix, kind.Resource{Type: "AWS::SecretsManager::Secret", DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete", Properties: map[string]any{
			"Description":          "Stripe: put the " + what + " in here after the first deployment",
			"GenerateSecretString": map[string]any{"PasswordLength": 40, "ExcludePunctuation": true}}})
		s.Output(suffix+"Arn", "Put the "+what+" into this secret", cfn.Ref(s.Logical(suffix)))
	}
	return cfn.Ref(s.Logical(suffix))
}

func read(arn any) []kind.Statement {
	return []kind.Statement{{Actions: []string{"secretsmanager:GetSecretValue"}, Resources: []any{arn}}}
}

// short keeps a description within CloudFormation's 1,024 bytes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
func short(s string) string {
	if len(s) > 1024 {
		return strings.ToValidUTF8(s[:1021], "") + "…"
	}
	return s
}
