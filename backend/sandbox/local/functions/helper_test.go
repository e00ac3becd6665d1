package functions

import (
	"archive/zip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"airloom/backend/kind"
)

// bench is a host with what a test looks at.
type bench struct {
	*Host
	t     testing.TB
	zips  string
	mu    sync.Mutex
	lines []Line
}

func newBench(t testing.TB, change ...func(*Deps)) *bench {
	t.Helper()
	b := &bench{t: t, zips: t.TempDir()}
	d := Deps{
		Dir:         t.TempDir(),
		Artifact:    func(key string) (string, error) { return filepath.Join(b.zips, key), nil },
		Environment: func(kind.FunctionSpec) map[string]string { return map[string]string{"AWS_ACCESS_KEY_ID": "local"} },
		Log: func(l Line) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.lines = append(b.lines, l)
		},
		Now: time.Now, NewID: uuid.NewString, Region: "eu-central-1", Account: "000000000000",
	}
	for _, f := range change {
		f(&d)
	}
	b.Host = New(d)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// artifact zips files; those named bootstrap are executable.
func (b *bench) artifact(files map[string]string) string {
	b.t.Helper()
	tmp := filepath.Join(b.zips, rand.Text())
	f, err := os.Create(tmp)
	must(b.t, err)
	z := zip.NewWriter(f)
	sum := sha256.New()
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(0o644)
		if filepath.Base(name) == "bootstrap" {
			h.SetMode(0o755)
		}
		w, err := z.CreateHeader(h)
		must(b.t, err)
		_, err = w.Write([]byte(files[name]))
		must(b.t, err)
		sum.Write([]byte(name + "\x00" + files[name] + "\x00"))
	}
	must(b.t, z.Close())
	must(b.t, f.Close())
	key := hex.EncodeToString(sum.Sum(nil)) + ".zip"
	must(b.t, os.Rename(tmp, filepath.Join(b.zips, key)))
	return key
}

func arn(name string) string { return "arn:aws:lambda:eu-central-1:000000000000:function:" + name }

// put deploys a function and gives its ARN.
func (b *bench) put(runtime, handler string, files map[string]string, change ...func(*kind.FunctionSpec)) string {
	b.t.Helper()
	s := kind.FunctionSpec{ARN: arn("shop-" + family(runtime)), Name: "shop-" + family(runtime), Node: "orders", Runtime: runtime, Handler: handler,
		ArtifactKey: b.artifact(files), MemoryMB: 256, Timeout: 10 * time.Second, LogGroup: "/aws/lambda/shop", Concurrency: -1}
	for _, f := range change {
		f(&s)
	}
	must(b.t, b.Put(s))
	return s.ARN
}

// node deploys index.mjs.
func (b *bench) node(code string, change ...func(*kind.FunctionSpec)) string {
	b.t.Helper()
	return b.put("nodejs20.x", "index.handler", map[string]string{"index.mjs": code}, change...)
}

func (b *bench) call(arn, payload string) kind.InvokeResult {
	b.t.Helper()
	r, err := b.Invoke(b.t.Context(), arn, Request{Payload: []byte(payload)})
	must(b.t, err)
	return r
}

// want calls and compares the answer of a function that does not fail.
func (b *bench) want(arn, payload, answer string) kind.InvokeResult {
	b.t.Helper()
	r := b.call(arn, payload)
	if r.FunctionError != "" || string(r.Payload) != answer {
		b.t.Fatalf("answered %s %s, want %s\n%s", r.FunctionError, r.Payload, answer, r.LogTail)
	}
	return r
}

// fails calls and looks for what the error document and the log must hold.
func (b *bench) fails(arn, payload string, holds ...string) kind.InvokeResult {
	b.t.Helper()
	r := b.call(arn, payload)
	if r.FunctionError != "Unhandled" {
		b.t.Fatalf("did not fail: %s\n%s", r.Payload, r.LogTail)
	}
	for _, h := range holds {
		if !strings.Contains(string(r.Payload)+"\n"+r.LogTail, h) {
			b.t.Errorf("%q is not in the answer\n%s\n%s", h, r.Payload, r.LogTail)
		}
	}
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// until waits for what comes in its own time.
func (b *bench) until(done func() bool) {
	b.t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatal("it did not come")
}

// text is all that was logged. The caller holds the lock.
func (b *bench) text() string {
	var all strings.Builder
	for _, l := range b.lines {
		all.WriteString(l.Text + "\n")
	}
	return all.String()
}
