package functions

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	esbuild "github.com/evanw/esbuild/pkg/api"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// The log of a first and a second call reads as Lambda's, and the environment stays warm.
func TestNode(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(`let n = 0;
console.log("init");
export const handler = async (event) => { console.log("hello\nworld %d", 7, { a: 1 }); console.error("bad"); return { ...event, n: ++n } }`)
	first := b.want(f, `{"a":1}`, `{"a":1,"n":1}`)
	const stamp, id = `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`, `[0-9a-f-]{36}`
	matches(t, first.LogTail, `INIT_START Runtime Version: nodejs:\d+\.\d+\.\d+
`+stamp+`\tundefined\tINFO\tinit
START RequestId: `+id+` Version: \$LATEST
`+stamp+`\t`+id+`\tINFO\thello
world 7 \{ a: 1 \}
`+stamp+`\t`+id+`\tERROR\tbad
END RequestId: `+id+`
REPORT RequestId: `+id+`\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms
`)
	second := b.want(f, `{"a":1}`, `{"a":1,"n":2}`)
	if strings.Contains(second.LogTail, "INIT_START") || strings.Contains(second.LogTail, "Init Duration") || second.RequestID == first.RequestID {
		t.Errorf("the second call was not warm:\n%s", second.LogTail)
	}
	l := b.lines[0]
	if l.ARN != f || l.Node != "orders" || l.Group != "/aws/lambda/shop" || l.RequestID != first.RequestID || !regexp.MustCompile(`^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$`).MatchString(l.Stream) {
		t.Errorf("line %+v", l)
	}
	multi := 0
	for _, l := range b.lines {
		if strings.Contains(l.Text, "hello\nworld") {
			multi++
		}
	}
	if multi != 2 {
		t.Errorf("a message of two lines is %d events in two calls", multi)
	}
}

func TestNodeHandlers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for name, c := range map[string]struct{ file, handler, code, payload, answer string }{
		"sync module":      {"index.js", "index.handler", `exports.handler = (event, context, done) => setTimeout(() => done(null, event.length), 5)`, `[1,2]`, `2`},
		"callback at rest": {"index.js", "index.handler", `let late = false; exports.handler = (e, c, done) => { setTimeout(() => { late = true }, 50); done(null, { get late() { return late } }) }`, `{}`, `{"late":true}`},
		"callback at once": {"index.js", "index.handler", `let late = false; exports.handler = (e, c, done) => { c.callbackWaitsForEmptyEventLoop = false; setTimeout(() => { late = true }, 500); done(null, { get late() { return late } }) }`, `{}`, `{"late":false}`},
		"no answer":        {"index.js", "index.handler", `exports.handler = () => { setTimeout(() => {}, 10) }`, `{}`, `null`},
		"never settles":    {"index.mjs", "index.handler", `export const handler = () => new Promise(() => {})`, `{}`, `null`},
		"undefined":        {"index.mjs", "index.handler", `export const handler = async () => {}`, ``, `null`},
		"folder, nesting":  {"src/deep/main.mjs", "src/deep/main.api.get", `export const api = { get: async (e) => e }`, `"x"`, `"x"`},
		"commonjs":         {"index.cjs", "index.handler", `const path = require("node:path"); exports.handler = async () => path.basename(__filename)`, ``, `"index.cjs"`},
		"top-level await":  {"index.mjs", "index.handler", `const n = await new Promise((r) => setTimeout(r, 5, 3)); export const handler = async () => n`, ``, `3`},
		"succeed":          {"index.js", "index.handler", `exports.handler = (e, context) => context.succeed("ok")`, ``, `"ok"`},
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			f := b.put("nodejs22.x", c.handler, map[string]string{c.file: c.code})
			b.want(f, c.payload, c.answer)
		})
	}
}

func TestNodeModuleType(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.put("nodejs22.x", "index.handler", map[string]string{"package.json": `{"type":"module"}`, "index.js": `export const handler = async () => import.meta.url.startsWith("file:")`})
	b.want(f, ``, `true`)
}

func TestNodeContext(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(`export const handler = async (event, c) => ({ ...c, left: c.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID })`)
	r, err := b.Invoke(t.Context(), f, Request{Payload: []byte(`{}`), RequestID: "11111111-2222-3333-4444-555555555555", ClientContext: `{"custom":{"a":1}}`, Hops: 3})
	must(t, err)
	var got struct {
		FunctionName, FunctionVersion, MemoryLimitInMB, LogGroupName, LogStreamName, InvokedFunctionArn, AwsRequestID, Trace string
		CallbackWaitsForEmptyEventLoop                                                                                       bool
		ClientContext                                                                                                        map[string]any
		Left                                                                                                                 float64
	}
	must(t, json.Unmarshal(r.Payload, &got))
	if got.FunctionName != "shop-nodejs" || got.FunctionVersion != "$LATEST" || got.MemoryLimitInMB != "256" || got.LogGroupName != "/aws/lambda/shop" ||
		got.LogStreamName != b.lines[0].Stream || got.InvokedFunctionArn != f || got.AwsRequestID != r.RequestID || !got.CallbackWaitsForEmptyEventLoop ||
		got.ClientContext["custom"] == nil || got.Left < 5000 || got.Left > 10000 {
		t.Errorf("context %s", r.Payload)
	}
	if !regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:3$`).MatchString(got.Trace) {
		t.Errorf("trace %q", got.Trace)
	}
}

// A failing handler answers with its error, and the environment serves on.
func TestNodeErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(`let n = 0;
class Full extends Error { constructor() { super("no room"); this.name = "Full"; this.left = 3 } }
export const handler = async (how) => { n++; switch (how) {
	case "throw": throw new Full();
	case "text": throw "just text";
	case "nothing": throw null;
	case "cycle": { const a = {}; a.a = a; return a }
	case "big": return 1n;
	default: return n } }`)
	b.fails(f, `"throw"`, `"errorType":"Full","errorMessage":"no room","trace":["Full: no room"`, "\tERROR\tInvoke Error \t{\"errorType\":\"Full\"", `"left":3`)
	b.fails(f, `"text"`, `{"errorType":"string","errorMessage":"just text","trace":[]}`)
	b.fails(f, `"nothing"`, `"errorMessage":"null"`)
	b.fails(f, `"cycle"`, `"errorType":"Runtime.MarshalError"`)
	b.fails(f, `"big"`, `"errorType":"Runtime.MarshalError"`)
	b.want(f, `"count"`, `6`)
}

// A stack names the places in the source that a bundle was made of.
func TestNodeSourceMaps(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	out := esbuild.Transform("type Event = { a: number };\n\nexport const handler = async (event: Event) => {\n  throw new Error(`no ${event.a}`);\n};\n",
		esbuild.TransformOptions{Loader: esbuild.LoaderTS, Sourcefile: "orders.ts", Sourcemap: esbuild.SourceMapInline, MinifyWhitespace: true})
	b.fails(b.node(string(out.Code)), `{"a":1}`, "orders.ts:4:9")
}

func TestNodeLoadErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for want, c := range map[string]struct{ runtime, handler, code string }{
		`"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module 'other'"`: {"nodejs22.x", "other.handler", ``},
		`"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find package 'nope'`:  {"nodejs22.x", "index.handler", `import "nope"; export const handler = 1`},
		`"errorType":"Runtime.HandlerNotFound","errorMessage":"index.other is undefined`:             {"nodejs22.x", "index.other", `export const handler = 1`},
		`"errorType":"Runtime.HandlerNotFound","errorMessage":"index.handler is not a function"`:     {"nodejs22.x", "index.handler", `export const handler = 1`},
		`"errorType":"Runtime.MalformedHandlerName"`:                                                 {"nodejs22.x", "index", `export const handler = 1`},
		`"errorType":"Runtime.UserCodeSyntaxError"`:                                                  {"nodejs22.x", "index.handler", `export const handler = {`},
		`"errorType":"Runtime.CallbackHandlerDeprecated"`:                                            {"nodejs24.x", "index.handler", `export const handler = (a, b, c) => c()`},
		`"errorType":"Runtime.StreamingUnsupported"`:                                                 {"nodejs22.x", "index.handler", `export const handler = awslambda.streamifyResponse(async () => {})`},
		`"errorType":"TypeError","errorMessage":"at the start"`:                                      {"nodejs22.x", "index.handler", `throw new TypeError("at the start")`},
		`Error: Runtime exited with error: exit status 7`:                                            {"nodejs22.x", "index.handler", `process.exit(7)`},
		`Error: Runtime exited without providing a reason`:                                           {"nodejs22.x", "index.handler", `process.exit(0)`},
	} {
		r := b.fails(b.put(c.runtime, c.handler, map[string]string{"index.mjs": c.code}), `{}`, want, "INIT_REPORT Init Duration: ", "\tPhase: init\tStatus: error\tError Type: ", "\tStatus: error\tError Type: ")
		if strings.Count(r.LogTail, "REPORT RequestId: "+r.RequestID) != 1 {
			t.Errorf("%s: not one report\n%s", want, r.LogTail)
		}
	}
}

// What nobody catches ends the process; the next call gets a new one.
func TestNodeUncaught(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(`let n = 0; export const handler = async (how) => { n++
	if (how === "rejection") { Promise.reject(new RangeError("lost")); await new Promise((r) => setTimeout(r, 1000)) }
	if (how === "exception") { setTimeout(() => { throw new RangeError("thrown") }, 1); await new Promise((r) => setTimeout(r, 1000)) }
	if (how === "exit") process.exit(3)
	if (how === "signal") process.kill(process.pid, "SIGSEGV")
	if (how === "late") setTimeout(() => process.exit(1), 1)
	return n }`)
	b.fails(f, `"rejection"`, `"errorType":"Runtime.UnhandledPromiseRejection","errorMessage":"RangeError: lost"`, "\tERROR\tUnhandled Promise Rejection \t")
	b.want(f, `""`, `1`)
	b.fails(f, `"exception"`, `"errorType":"RangeError","errorMessage":"thrown"`, "\tERROR\tUncaught Exception \t")
	b.want(f, `""`, `1`)
	b.fails(f, `"exit"`, `"errorType":"Runtime.ExitError"`, "Error: Runtime exited with error: exit status 3\nRuntime.ExitError\n", "\tStatus: error\tError Type: Runtime.ExitError")
	b.want(f, `""`, `1`)
	b.fails(f, `"signal"`, "Error: Runtime exited with error: signal: segmentation fault")
	b.want(f, `"late"`, `1`)
	// What it left running ends the process: before the next event, which a new one then takes, or with that event in its
	// hands, whose failure it is then, as on Lambda, where the timer goes on when the environment thaws.
	if r := b.call(f, `""`); r.FunctionError != "" && !strings.Contains(string(r.Payload), `"errorType":"Runtime.ExitError"`) {
		t.Errorf("answered %s\n%s", r.Payload, r.LogTail)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(`export const handler = async (how) => { console.log("began"); if (how === "spin") for (;;); if (how === "wait") await new Promise((r) => setTimeout(r, 60000)); return 1 }`,
		func(s *kind.FunctionSpec) { s.Timeout = time.Second })
	for _, how := range []string{`"spin"`, `"wait"`} {
		r := b.fails(f, how, `"errorType":"Sandbox.Timedout"`, "Error: Task timed out after 1.00 seconds", "\tStatus: timeout")
		if !regexp.MustCompile(`(?m)^\S+Z `+r.RequestID+` Task timed out after 1\.00 seconds$`).MatchString(r.LogTail) || !strings.Contains(r.LogTail, "began") {
			t.Errorf("log\n%s", r.LogTail)
		}
		if r.Duration < time.Second || r.Duration > 2*time.Second {
			t.Errorf("%s ended after %s", how, r.Duration)
		}
	}
	b.want(f, `""`, `1`)
}

// An initialisation of more than ten seconds is tried once more within the function's own time limit.
func TestInitTimeout(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.init = 500 * time.Millisecond
	code := `await new Promise((r) => setTimeout(r, 1500)); export const handler = async () => 1`
	b.want(b.node(code), ``, `1`)
	b.fails(b.node(code, func(s *kind.FunctionSpec) { s.Timeout = time.Second }), ``, "Task timed out after 1.00 seconds", "Phase: invoke\tStatus: timeout")
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(`export const handler = async (e) => typeof e === "number" ? "x".repeat(e) : e.length`, func(s *kind.FunctionSpec) { s.MemoryMB = 1024 })
	big := `"` + strings.Repeat("x", mostPayload-2) + `"`
	b.want(f, big, "6291454")
	_, err := b.Invoke(t.Context(), f, Request{Payload: []byte(big + " ")})
	if fault.CodeOf(err) != fault.Limit || !strings.Contains(err.Error(), "RequestEntityTooLarge") {
		t.Errorf("one byte more: %v", err)
	}
	if r := b.call(f, "6000000"); len(r.Payload) != 6000002 || r.FunctionError != "" {
		t.Errorf("a large answer: %d bytes %s", len(r.Payload), r.FunctionError)
	}
	if _, err := b.Invoke(t.Context(), f, Request{Payload: []byte(`{"a":`)}); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "InvalidRequestContent") {
		t.Errorf("no JSON: %v", err)
	}
	b.fails(f, "7000000", `"errorType":"Function.ResponseSizeTooLarge"`)
	b.want(f, `"after"`, "5")
}

// Who gives up waiting does not stop the function.
func TestCancel(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(`let n = 0; export const handler = async (ms) => { await new Promise((r) => setTimeout(r, ms)); return ++n }`)
	b.want(f, `0`, `1`)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.Invoke(ctx, f, Request{Payload: []byte(`400`)}); fault.CodeOf(err) != fault.Canceled || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("canceled: %v", err)
	}
	b.until(func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return strings.HasPrefix(b.lines[len(b.lines)-1].Text, "REPORT") && strings.Count(b.text(), "REPORT") == 2
	})
	b.want(f, `0`, `3`)
}

func matches(t *testing.T, text, pattern string) {
	t.Helper()
	if !regexp.MustCompile(`^` + pattern + `$`).MatchString(text) {
		t.Errorf("log\n%s\nis not\n%s", text, pattern)
	}
}

func containsAll(text string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}
