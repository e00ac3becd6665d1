package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// publish uploads the static files of the bundle's sites, each with the config.json that tells the client where its API is,
// and empties the caches before them.
func (s *Sandbox) publish(ctx context.Context, p sandbox.Plan, d sandbox.Deployment, sink event.Sink) error {
	for _, site := range p.Content.Sites {
		sink(event.Event{Type: event.Step, Node: string(site.Node), Text: "publish"})
		if err := s.publishSite(ctx, p, site, d); err != nil {
			f := fault.As(err)
			if f.Where == "" {
				f.Where = string(site.Node)
			}
			return f
		}
	}
	return nil
}

func (s *Sandbox) publishSite(ctx context.Context, p sandbox.Plan, site kind.Site, d sandbox.Deployment) error {
	physical := map[string]string{}
	for _, r := range d.Resources {
		physical[r.LogicalID] = r.PhysicalID
	}
	bucket := physical[site.Bucket]
	settings := map[string]string{}
	for name, v := range site.Config {
		text, err := outputFor(p.Content.Template, v)
		if err != nil {
			return err
		}
		if text.output != "" {
			settings[name] = d.Outputs[text.output]
		} else {
			settings[name] = text.literal
		}
	}
	config, err := json.MarshalIndent(settings, "", "  ")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "writing config.json")
	}
	if err := s.put(ctx, p.Sandbox, bucket, "config.json", "application/json", config); err != nil {
		return err
	}
	root, err := os.OpenRoot(filepath.Join(s.deps.Folder, filepath.FromSlash(site.Folder())))
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "opening the client's folder %s", site.Folder()).Try("build the client first, or name another folder")
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !e.Type().IsRegular() || name == "config.json" {
			return err
		}
		text, err := fs.ReadFile(root.FS(), name)
		if err != nil {
			return err
		}
		return s.put(ctx, p.Sandbox, bucket, name, contentType(name), text)
	})
	if err != nil {
		return fault.Wrap(err, fault.CodeOf(err), "publishing %s", site.Source)
	}
	return s.invalidate(ctx, physical[site.Distribution], p.Bundle)
}

func contentType(name string) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// invalidate tells CloudFront that everything has changed.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html
func (s *Sandbox) invalidate(ctx context.Context, distribution, bundle string) error {
	if distribution == "" {
		return nil
	}
	body := fmt.Sprintf(`<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CallerReference>%s-%s</CallerReference>`+
		`<Paths><Quantity>1</Quantity><Items><Path>/*</Path></Items></Paths></InvalidationBatch>`, short(bundle), s.deps.NewID())
	res, err := s.send(ctx, kind.Request{Service: "cloudfront", Method: http.MethodPost, Path: "/2020-05-31/distribution/" + distribution + "/invalidation",
		Header: map[string]string{"Content-Type": "text/xml"}, Body: []byte(body)})
	if err == nil && res.Status >= 300 {
		err = fault.New(fault.Invalid, "CloudFront refuses to empty its cache (%d): %s", res.Status, strings.TrimSpace(string(res.Body)))
	}
	return err
}

// found is where a site's setting gets its value: a text of the template, or an output of the stack.
type found struct{ literal, output string }

// outputFor finds a template value among the texts and the stack's outputs: after a deployment nothing else is known of it.
func outputFor(t cfn.Template, v any) (found, error) {
	if text, ok := v.(string); ok {
		return found{literal: text}, nil
	}
	for _, name := range sortedKeys(t.Outputs) {
		if reflect.DeepEqual(t.Outputs[name].Value, v) {
			return found{output: name}, nil
		}
	}
	return found{}, errors.New("it is no output of the stack")
}
