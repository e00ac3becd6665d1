package functions

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func (b *bench) python(code string) string {
	b.t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		b.t.Skip("python3 is not installed")
	}
	return b.put("python3.13", "app.handler", map[string]string{"app.py": code, "other/part.py": "NAME = 'part'"})
}

func TestPython(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.python(`
import fcntl, json, logging, os, sys
from other.part import NAME
logging.getLogger().setLevel("INFO")
n = 0
def handler(event, context):
    global n
    n += 1
    print("printed\n", end="")
    logging.info("logged\nmore")
    logging.debug("not shown")
    sys.stderr.write("to stderr\n")
    assert 5000 < context.get_remaining_time_in_millis() <= 10000
    assert not fcntl.fcntl(1, fcntl.F_GETFL) & os.O_NONBLOCK
    return {"got": event, "n": n, "part": NAME, "name": context.function_name, "memory": context.memory_limit_in_mb, "arn": context.invoked_function_arn,
            "group": context.log_group_name, "same": context.aws_request_id == json.loads(json.dumps(context.aws_request_id)), "umlaut": "ä"}
`)
	const stamp, id = `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`, `[0-9a-f-]{36}`
	r := b.want(f, `{"a":1}`, `{"got": {"a": 1}, "n": 1, "part": "part", "name": "shop-python", "memory": "256", "arn": "`+f+`", "group": "/aws/lambda/shop", "same": true, "umlaut": "ä"}`)
	matches(t, r.LogTail, `INIT_START Runtime Version: python:3\.\d+\.\d+
START RequestId: `+id+` Version: \$LATEST
printed
\[INFO\]	`+stamp+`	`+id+`	logged
more
to stderr
END RequestId: `+id+`
REPORT RequestId: `+id+`	Duration: .*`+"\n")
	if r = b.call(f, `{}`); !strings.Contains(string(r.Payload), `"n": 2`) {
		t.Errorf("not warm: %s", r.Payload)
	}
}

func TestPythonErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.python(`
import os
def deep():
    raise ValueError("no room")
def handler(event, context):
    if event == "raise": deep()
    if event == "set": return {1, 2}
    if event == "nan": return float("nan")
    if event == "exit": os._exit(4)
    return 1
`)
	r := b.fails(f, `"raise"`, `"errorMessage": "no room", "errorType": "ValueError", "requestId": "`, `"stackTrace": ["  File \"`, "[ERROR] ValueError: no room\nTraceback (most recent call last):\n")
	if strings.Contains(string(r.Payload), "bootstrap.py") || !regexp.MustCompile(`app\.py\\", line 4, in deep\\n    raise ValueError`).Match(r.Payload) {
		t.Errorf("trace %s", r.Payload)
	}
	b.fails(f, `"set"`, `"errorType": "Runtime.MarshalError"`, "Unable to marshal response")
	b.fails(f, `"nan"`, `"errorType": "Runtime.MarshalError"`)
	b.want(f, `""`, `1`)
	b.fails(f, `"exit"`, "Error: Runtime exited with error: exit status 4")
	b.want(f, `""`, `1`)
	for code, want := range map[string]string{
		"import nope":         `"Unable to import module 'app': No module named 'nope'", "errorType": "Runtime.ImportModuleError"`,
		"def handler(:":       `"errorType": "Runtime.UserCodeSyntaxError"`,
		"x = 1":               `"Handler 'handler' missing on module 'app'", "errorType": "Runtime.HandlerNotFound"`,
		"raise KeyError('k')": `"errorType": "KeyError"`,
	} {
		b.fails(b.python(code), `{}`, want, "Phase: init\tStatus: error")
	}
}
