package world

import (
	"context"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox/local/endpoint"
)

// hosted is a function that was put, with the credentials of its role.
type hosted struct {
	spec        kind.FunctionSpec
	credentials endpoint.Credentials
	ready       bool // the host has it
}

// Functions implements kind.World: the host of processes, behind what Lambda checks before it takes a function.
func (w *World) Functions() kind.Functions { return hosting{w} }

type hosting struct{ w *World }

func (h hosting) Put(spec kind.FunctionSpec) error {
	w := h.w
	if err := w.Directory.Trusts(spec.Role, "lambda.amazonaws.com"); err != nil {
		return fault.As(err).At(spec.Node)
	}
	w.mu.RLock()
	old, had := w.hosted[spec.ARN]
	w.mu.RUnlock()
	next := hosted{spec: spec, credentials: old.credentials, ready: old.ready}
	if !had || old.spec.Role != spec.Role {
		var err error
		if next.credentials, err = w.Keys.Issue(kind.Principal{Role: spec.Role, Session: spec.Name}, 0); err != nil {
			return err
		}
	}
	w.mu.Lock()
	w.hosted[spec.ARN] = next
	w.mu.Unlock()
	if err := w.Deps.Functions.Put(spec); err != nil {
		return err
	}
	w.mu.Lock()
	next.ready = true
	w.hosted[spec.ARN] = next
	close(w.put)
	w.put = make(chan struct{})
	w.mu.Unlock()
	if had && next.credentials != old.credentials {
		w.Keys.Revoke(old.credentials.AccessKey)
	}
	return nil
}

func (h hosting) Remove(arn string) {
	h.w.mu.Lock()
	old := h.w.hosted[arn]
	delete(h.w.hosted, arn)
	h.w.mu.Unlock()
	h.w.Deps.Functions.Remove(arn)
	h.w.Keys.Revoke(old.credentials.AccessKey)
}

// waitFor waits until the host has a function that exists: after a restart, its type puts it there in the background.
func (w *World) waitFor(ctx context.Context, in kind.Instance) error {
	timeout := time.After(patience)
	for {
		w.mu.RLock()
		ready, put := w.hosted[in.ARN].ready, w.put
		w.mu.RUnlock()
		if ready {
			return nil
		}
		select {
		case <-put:
		case <-ctx.Done():
			return fault.Wrap(ctx.Err(), fault.Canceled, "waiting for %s", in.LogicalID)
		case <-timeout:
			return fault.New(fault.Unavailable, "the function %s does not run", in.LogicalID).At(in.Node).Try("its log says why")
		}
	}
}

// Environment is what a function's process is told of the sandbox: where its AWS is, and who it is there. Nothing of the
// person's own configuration may reach it, so every variable by which an SDK finds some is set.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
func (w *World) Environment(spec kind.FunctionSpec) map[string]string {
	w.mu.RLock()
	c := w.hosted[spec.ARN].credentials
	w.mu.RUnlock()
	return map[string]string{
		"AWS_ACCESS_KEY_ID": c.AccessKey, "AWS_SECRET_ACCESS_KEY": c.Secret, "AWS_SESSION_TOKEN": c.Token,
		"AWS_REGION": w.Deps.Region, "AWS_DEFAULT_REGION": w.Deps.Region,
		"AWS_ENDPOINT_URL": w.endpoint, "AWS_EC2_METADATA_DISABLED": "true",
	}
}

// Function is a hosted function by ARN.
func (w *World) Function(arn string) (kind.FunctionSpec, bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	f, ok := w.hosted[strings.TrimSuffix(arn, ":$LATEST")]
	return f.spec, ok
}
