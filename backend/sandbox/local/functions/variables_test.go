package functions

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"airloom/backend/kind"
)

// L6: a function sees Lambda's variables, its own, and what the sandbox adds; of this process it sees the search path only.
func TestVariables(t *testing.T) {
	canary := map[string]string{"AWS_SECRET_ACCESS_KEY": "canary", "AWS_SESSION_TOKEN": "canary", "AWS_PROFILE": "canary", "GITHUB_TOKEN": "canary", "HOME": "/home/canary",
		"SSH_AUTH_SOCK": "/canary", "HTTPS_PROXY": "http://canary", "NODE_OPTIONS": "--title=canary", "XDG_CONFIG_HOME": "/canary", "LD_PRELOAD": "", "AWS_ENDPOINT_URL": "http://canary"}
	for name, v := range canary {
		t.Setenv(name, v)
	}
	b := newBench(t, func(d *Deps) {
		d.Environment = func(s kind.FunctionSpec) map[string]string {
			return map[string]string{"AWS_ACCESS_KEY_ID": "local-" + s.Name, "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_SECRET_ACCESS_KEY": "fake"}
		}
	})
	f := b.node(`import os from "node:os"; import fs from "node:fs"; export const handler = async () => ({ env: process.env, home: os.homedir(), tmp: os.tmpdir(), wrote: fs.writeFileSync(os.tmpdir() + "/x", "x") ?? true })`,
		func(s *kind.FunctionSpec) {
			s.Environment = map[string]string{"TABLE_NAME": "orders", "TZ": "Europe/Berlin", "AWS_REGION": "mine", "AWS_ENDPOINT_URL": "http://mine", "AIRLOOM_GUARD": "mine", "HOME": "/mine"}
		})
	r := b.call(f, ``)
	if strings.Contains(string(r.Payload), "canary") {
		t.Errorf("something of this process leaks: %s", r.Payload)
	}
	var got struct {
		Env       map[string]string
		Home, Tmp string
		Wrote     bool
	}
	must(t, json.Unmarshal(r.Payload, &got))
	for name, want := range map[string]string{
		"TABLE_NAME": "orders", "TZ": "Europe/Berlin", "LANG": "en_US.UTF-8", "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1", "_HANDLER": "index.handler",
		"AWS_LAMBDA_FUNCTION_NAME": "shop-nodejs", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/shop",
		"AWS_LAMBDA_LOG_STREAM_NAME": b.lines[0].Stream, "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID": "local-shop-nodejs", "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_SECRET_ACCESS_KEY": "fake", "LAMBDA_RUNTIME_DIR": b.path("runtimes"), "AIRLOOM_GUARD": b.guard.token,
	} {
		if got.Env[name] != want {
			t.Errorf("%s is %q, want %q", name, got.Env[name], want)
		}
	}
	if filepath.Dir(got.Env["LAMBDA_TASK_ROOT"]) != b.path("code") || filepath.Dir(got.Home) != b.path("run") || got.Tmp != got.Home || !got.Wrote {
		t.Errorf("code in %s, home in %s, temporary files in %s", got.Env["LAMBDA_TASK_ROOT"], got.Home, got.Tmp)
	}
	known := " PATH LD_LIBRARY_PATH AWS_LAMBDA_RUNTIME_API HOME TMP TEMP TMPDIR LAMBDA_TASK_ROOT AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED _X_AMZN_TRACE_ID "
	for name := range got.Env {
		if !strings.Contains(known, " "+name+" ") && !strings.HasPrefix(name, "AWS_") && !strings.Contains(" TABLE_NAME TZ LANG _HANDLER LAMBDA_RUNTIME_DIR AIRLOOM_GUARD ", " "+name+" ") {
			t.Errorf("the variable %s is from nowhere", name)
		}
	}
}
