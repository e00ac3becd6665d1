package stripe

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airloom/backend/kind"
)

var target = kind.Target{Node: "my-shop", Outputs: map[string]string{"MyShopWebhookUrl": "https://abc.lambda-url.eu-west-1.on.aws/"},
	Resources: map[string]kind.Deployed{signing: {PhysicalID: "arn:secret"}}}

func TestCall(t *testing.T) {
	r, err := Kind{}.Call(target, []byte(`{"type": "charge.refunded", "data": {"object": {"id": "ch_1"}}, "livemode": true}`))
	if err != nil {
		t.Fatal(err)
	}
	if r.Service != "" || r.Scheme != "https" || r.Host != "abc.lambda-url.eu-west-1.on.aws" || r.Path != "/" || r.Method != http.MethodPost || r.Secret != "arn:secret" {
		t.Errorf("%+v", r)
	}
	var e map[string]any
	if err := json.Unmarshal(r.Body, &e); err != nil || e["type"] != "charge.refunded" || e["object"] != "event" || e["livemode"] != true || e["data"].(map[string]any)["object"].(map[string]any)["id"] != "ch_1" {
		t.Errorf("%s %v", r.Body, err)
	}
	now := time.Unix(1772366400, 0)
	r.Sign("whsec_x", now, &r)
	mac := hmac.New(sha256.New, []byte("whsec_x"))
	mac.Write([]byte("1772366400." + string(r.Body)))
	if got, want := r.Header["Stripe-Signature"], "t=1772366400,v1="+hex.EncodeToString(mac.Sum(nil)); got != want {
		t.Errorf("signed %s, want %s", got, want)
	}
	if r, err := (Kind{}).Call(target, nil); err != nil || !strings.Contains(string(r.Body), `"type":"payment_intent.succeeded"`) {
		t.Errorf("%s %v", r.Body, err)
	}
	if _, err := (Kind{}).Call(target, []byte("{")); err == nil {
		t.Error("half an object is sent")
	}
	if _, err := (Kind{}).Call(kind.Target{Node: "my-shop"}, nil); err == nil {
		t.Error("an account without a webhook is called")
	}
}

// The function of the help page believes Stripe and nobody else. It runs as it stands, beside a stand-in for the SDK.
func TestTheHandlerOfTheHelpPageChecksSignatures(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	_, code, ok := strings.Cut(help, "```js\n")
	code, _, end := strings.Cut(code, "```")
	if !ok || !end {
		t.Fatal("the help page has no handler")
	}
	r, err := Kind{}.Call(target, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	request := func(secret string, at time.Time, change func(event map[string]any)) map[string]any {
		r := r
		r.Header = map[string]string{}
		r.Sign(secret, at, &r)
		e := map[string]any{"headers": map[string]string{"stripe-signature": r.Header["Stripe-Signature"]}, "body": string(r.Body)}
		change(e)
		return e
	}
	keep := func(map[string]any) {}
	events, err := json.Marshal([]any{
		request("whsec_x", now, keep),
		request("whsec_x", now, func(e map[string]any) {
			h := e["headers"].(map[string]string)
			h["stripe-signature"] = strings.Replace(h["stripe-signature"], ",", ",v1=00ff,v0=11,", 1)
		}),
		request("whsec_y", now, keep),
		request("whsec_x", now.Add(-6*time.Minute), keep),
		request("whsec_x", now.Add(6*time.Minute), keep),
		request("whsec_x", now, func(e map[string]any) { e["body"] = strings.Replace(e["body"].(string), "2000", "9000", 1) }),
		request("whsec_x", now, func(e map[string]any) { e["headers"] = map[string]string{} }),
		request("whsec_x", now, func(e map[string]any) { e["headers"] = map[string]string{"stripe-signature": "t=,v1="} }),
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"index.mjs": code,
		"node_modules/@aws-sdk/client-secrets-manager/package.json": `{"type": "module", "exports": "./index.js"}`,
		"node_modules/@aws-sdk/client-secrets-manager/index.js": `export class GetSecretValueCommand { constructor(input) { this.input = input; } }
export class SecretsManagerClient { async send({ input }) { return { SecretString: input.SecretId === "arn:secret" ? "whsec_x" : "" }; } }`,
		"run.mjs": `import { handler } from "./index.mjs"; console.log = () => {};
const out = []; for (const e of ` + string(events) + `) out.push((await handler(e)).statusCode); process.stdout.write(out.join(" "));`,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(node, filepath.Join(dir, "run.mjs"))
	cmd.Env = append(os.Environ(), "STRIPE_WEBHOOK_SECRET_ARN=arn:secret")
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "200 200 400 400 400 400 400 400" {
		t.Errorf("%s %v", out, err)
	}
}
