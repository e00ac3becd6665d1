package local

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local/engine"
)

// artifactBucket is what the template's parameter says: the zips lie in the state folder, and no API reaches them.
const artifactBucket = "airloom-artifacts"

// stored is what is kept of the deployed bundle: what reloading, publishing and describing need.
type stored struct {
	Digest     string               `json:"digest"`
	Body       string               `json:"body"`
	Trace      map[string]design.ID `json:"trace"`
	Parameters map[string]string    `json:"parameters"`
	Artifacts  []generate.Artifact  `json:"artifacts"`
	Units      []kind.Unit          `json:"units"`
}

const bundleSection = "bundle"

// deployed is the bundle that was last deployed with success.
func (h *held) deployed() (stored, bool, error) {
	var b stored
	ok, err := h.folder.Get(bundleSection, "deployed", &b)
	return b, ok, err
}

func (h *held) setDeployed(b stored) error { return h.folder.Set(bundleSection, "deployed", b) }

func store(b generate.Bundle, opts sandbox.Options) stored {
	return stored{Digest: b.Digest, Body: string(b.Body), Trace: b.Trace, Parameters: opts.Parameters, Artifacts: b.Artifacts, Units: b.Units}
}

// input is the bundle as the engine takes it.
func input(t cfn.Template, b stored) engine.Input {
	in := engine.Input{Template: t, Parameters: map[string]string{}, Trace: b.Trace, Bundle: b.Digest}
	for name, value := range b.Parameters {
		in.Parameters[name] = value
	}
	if _, ok := t.Parameters[kind.ArtifactBucket]; ok {
		in.Parameters[kind.ArtifactBucket] = artifactBucket
	}
	return in
}

func (h *held) artifactPath(key string) string {
	return filepath.Join(h.folder.Dir(), "artifacts", key)
}

func validKey(key string) bool {
	sum, ok := strings.CutSuffix(key, ".zip")
	_, err := hex.DecodeString(sum)
	return ok && err == nil && len(sum) == 64
}

// artifact gives the zip of a key. What its name says it is, it is: the folder lies where others may write.
func (h *held) artifact(key string) (string, error) {
	if !validKey(key) {
		return "", fault.New(fault.Invalid, "%q is no artifact key", key)
	}
	name := h.artifactPath(key)
	f, err := os.Open(name)
	if err != nil {
		return "", fault.Wrap(err, fault.NotFound, "the zip %s is not in the state folder", key).Try("deploy again")
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "reading the zip %s", key)
	}
	if hex.EncodeToString(sum.Sum(nil))+".zip" != key {
		return "", fault.New(fault.Denied, "the zip %s has been changed", key).Try("deploy again")
	}
	return name, nil
}

// keep copies artifacts into the state folder.
func (h *held) keep(list []generate.Artifact) error {
	if err := os.MkdirAll(h.artifactPath(""), 0o700); err != nil {
		return fault.Wrap(err, fault.Denied, "keeping packed code").At(h.artifactPath(""))
	}
	for _, a := range list {
		if !validKey(a.Key) {
			return fault.New(fault.Invalid, "%q is no artifact key: the code is not packed", a.Key).At(string(a.Node))
		}
		if _, err := h.artifact(a.Key); err == nil {
			continue
		}
		if err := copyFile(a.Path, h.artifactPath(a.Key)); err != nil {
			return fault.Wrap(err, fault.Unavailable, "keeping packed code").At(string(a.Node))
		}
		if _, err := h.artifact(a.Key); err != nil {
			_ = os.Remove(h.artifactPath(a.Key)) // the error counts
			return fault.New(fault.Invalid, "%s is not what its key %s says", a.Path, a.Key).At(string(a.Node)).Try("pack again")
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	part := to + ".part"
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = cmp.Or(err, out.Close()); err != nil {
		return err
	}
	return os.Rename(part, to)
}

// sweep removes the zips of no use.
func (h *held) sweep(kept []generate.Artifact) {
	list, err := os.ReadDir(h.artifactPath(""))
	if err != nil {
		return // what stays is swept after the next deployment
	}
	for _, d := range list {
		if !used(kept, d.Name()) {
			_ = os.Remove(h.artifactPath(d.Name()))
		}
	}
}

// exchange puts other zips in the place of those of their nodes, in the template and in what is kept of the bundle.
func (b *stored) exchange(t cfn.Template, list []generate.Artifact) {
	b.Artifacts = slices.Clone(b.Artifacts)
	for _, a := range list {
		i := slices.IndexFunc(b.Artifacts, func(o generate.Artifact) bool { return o.Node == a.Node })
		if i < 0 {
			continue // drawn after the deployment: the next one brings it
		}
		old := b.Artifacts[i].Key
		b.Artifacts[i] = a
		for id, r := range t.Resources {
			if b.Trace[id] == a.Node {
				replaced, _ := replace(r.Properties, old, a.Key).(map[string]any)
				r.Properties = replaced
				t.Resources[id] = r
			}
		}
	}
	body := cfn.PrintJSON(t)
	sum := sha256.Sum256(body)
	b.Body, b.Digest = string(body), hex.EncodeToString(sum[:])
}

// replace gives a value with one text in the place of another.
func replace(v any, old, now string) any {
	switch v := v.(type) {
	case string:
		if v == old {
			return now
		}
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = replace(item, old, now)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			out[k] = replace(item, old, now)
		}
		return out
	}
	return v
}
