package functions

import "testing"

func TestNode(t *testing.T) {
	b := newBench(t)
	f := b.node(`let n = 0; console.log("init"); export const handler = async (event, context) => { console.log("hello\nworld", {a: 1}); return { ...event, n: ++n } }`)
	r := b.want(f, `{"a":1}`, `{"a":1,"n":1}`)
	t.Log(r.LogTail)
	r = b.want(f, `{"a":1}`, `{"a":1,"n":2}`)
	t.Log(r.LogTail, r.Duration)
}

func TestPython(t *testing.T) {
	b := newBench(t)
	f := b.put("python3.13", "app.handler", map[string]string{"app.py": `
import logging, os, fcntl
logging.getLogger().setLevel("INFO")
def handler(event, context):
    print("printed", bool(fcntl.fcntl(1, fcntl.F_GETFL) & os.O_NONBLOCK))
    logging.info("logged\nmore")
    return {"got": event, "name": context.function_name}
`})
	r := b.want(f, `{"a":1}`, `{"got": {"a": 1}, "name": "shop-python"}`)
	t.Log(r.LogTail)
	r = b.want(f, `{"a":1}`, `{"got": {"a": 1}, "name": "shop-python"}`)
	t.Log(r.LogTail, r.Duration)
}
