package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/sandbox/local/engine"
)

const (
	siteSection = "sites"
	mostFile    = 64 << 20
	mostFiles   = 10_000
	configFile  = "config.json"
)

// published is what is kept of a site.
type published struct {
	Source string   `json:"source"` // digest of its folder and settings
	Keys   []string `json:"keys"`   // objects that were put, to be removed when they are gone from the folder
}

// publish puts the files of all sites into their buckets, through the S3 API as any client would, and after them a config.json
// with what the client has to know of the stack.
func (s *Sandbox) publish(ctx context.Context, h *held, b generate.Bundle, in engine.Input, sink event.Sink) error {
	e, err := h.engine()
	if err != nil {
		return err
	}
	for _, site := range b.Sites {
		if err := s.publishSite(ctx, h, e, in, site, sink); err != nil {
			f := flat(err)
			return f.At(string(site.Node))
		}
	}
	return nil
}

func (s *Sandbox) publishSite(ctx context.Context, h *held, e *engine.Engine, in engine.Input, site kind.Site, sink event.Sink) error {
	bucket, err := e.Eval(in, string(site.Node)+".Bucket", cfn.Ref(site.Bucket))
	if err != nil {
		return err
	}
	config, err := e.Eval(in, string(site.Node)+".Config", any(site.Config))
	if err != nil {
		return err
	}
	if site.Build != "" {
		if err := s.build(ctx, site, sink); err != nil {
			return err
		}
	}
	root, err := s.openSite(site, site.Folder())
	if err != nil {
		return err
	}
	defer root.Close()
	files, err := siteFiles(root)
	if err != nil {
		return err
	}
	now := published{}
	put := func(key string, body []byte) error {
		now.Keys = append(now.Keys, key)
		return h.object(ctx, http.MethodPut, bucket, key, body)
	}
	for _, name := range files {
		body, err := root.ReadFile(name)
		if err != nil {
			return fault.Wrap(err, fault.Denied, "reading %s", name)
		}
		if err := put(filepath.ToSlash(name), body); err != nil {
			return err
		}
	}
	if len(site.Config) > 0 {
		text, err := json.MarshalIndent(config, "", "  ")
		if err != nil {
			return fault.Wrap(err, fault.Internal, "printing %s", configFile)
		}
		if err := put(configFile, append(text, '\n')); err != nil {
			return err
		}
	}
	var before published
	if _, err := h.folder.Get(siteSection, string(site.Node), &before); err != nil {
		return err
	}
	for _, key := range before.Keys {
		if !slices.Contains(now.Keys, key) {
			if err := h.object(ctx, http.MethodDelete, bucket, key, nil); err != nil {
				return err
			}
		}
	}
	if now.Source, err = s.siteDigest(site); err != nil {
		return err
	}
	sink(event.Event{Type: event.Step, Level: event.Info, Node: string(site.Node), Text: "published " + string(site.Node)})
	return h.folder.Set(siteSection, string(site.Node), now)
}

// object puts or deletes one object as the owner.
func (h *held) object(ctx context.Context, method string, bucket any, key string, body []byte) error {
	name, _ := bucket.(string)
	r := kind.Request{Service: "s3", Method: method, Path: "/" + name + "/" + escapePath(key), Body: body, Header: map[string]string{}}
	if method == http.MethodPut {
		r.Header["Content-Type"] = contentType(key)
		// Clients under development look for changes at once; the addresses are of this machine.
		r.Header["Cache-Control"] = "no-cache"
	}
	out, err := h.ask(ctx, r)
	if err == nil && out.Status >= 300 {
		err = fault.New(fault.Unavailable, "the bucket %s answered %d: %s", name, out.Status, strings.TrimSpace(string(out.Body)))
	}
	if err != nil {
		return fault.Wrap(err, fault.CodeOf(err), "publishing %s", key)
	}
	return nil
}

func escapePath(key string) string {
	part := strings.Split(key, "/")
	for i := range part {
		part[i] = url.PathEscape(part[i])
	}
	return strings.Join(part, "/")
}

// openSite opens the folder of a site, which nothing of it can leave.
func (s *Sandbox) openSite(site kind.Site, folder string) (*os.Root, error) {
	if !filepath.IsLocal(filepath.FromSlash(folder)) {
		return nil, fault.New(fault.Invalid, "the folder %q lies outside of the project", folder).At(string(site.Node))
	}
	project, err := os.OpenRoot(s.Project)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "opening the project's folder").At(s.Project)
	}
	defer project.Close()
	root, err := project.OpenRoot(filepath.FromSlash(folder))
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "opening the folder of the site").At(string(site.Node)).Try("put the files to be published into %s", folder)
	}
	return root, nil
}

// siteFiles are the regular files of a site, sorted; hidden ones are not published.
func siteFiles(root *os.Root) ([]string, error) {
	var out []string
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(d.Name(), "."), d.IsDir() && d.Name() == "node_modules":
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Size() > mostFile {
			return fault.New(fault.Limit, "%s has %d MB, and a file of a site may have %d", name, info.Size()>>20, mostFile>>20)
		}
		if out = append(out, name); len(out) > mostFiles {
			return fault.New(fault.Limit, "a site may have %d files", mostFiles).Try("publish the built files, not their sources")
		}
		return nil
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeOf(err), "listing the files of the site")
	}
	return out, nil
}

// siteDigest tells whether a site has changed: its files, or what they are built of, its configuration, its bucket.
func (s *Sandbox) siteDigest(site kind.Site) (string, error) {
	folder := site.Folder()
	if site.Build != "" {
		folder = site.Source
	}
	root, err := s.openSite(site, folder)
	if err != nil {
		return "", err
	}
	defer root.Close()
	files, err := siteFiles(root)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	sum.Write(cfn.PrintValue(map[string]any{"bucket": site.Bucket, "build": site.Build, "output": site.Output, "config": site.Config}))
	for _, name := range files {
		f, err := root.Open(name)
		if err != nil {
			return "", fault.Wrap(err, fault.Denied, "reading %s", name)
		}
		sum.Write([]byte("\x00" + name + "\x00"))
		_, err = io.Copy(sum, f)
		f.Close()
		if err != nil {
			return "", fault.Wrap(err, fault.Denied, "reading %s", name)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// changedSites are those that are to be published again.
func (s *Sandbox) changedSites(h *held, sites []kind.Site) ([]kind.Site, error) {
	var out []kind.Site
	for _, site := range sites {
		var before published
		if _, err := h.folder.Get(siteSection, string(site.Node), &before); err != nil {
			return nil, err
		}
		now, err := s.siteDigest(site)
		if err != nil {
			return nil, err
		}
		if now != before.Source {
			out = append(out, site)
		}
	}
	return out, nil
}

// contentType is what browsers insist on. The machine's own table is not asked: it differs from one to the next.
func contentType(name string) string {
	types := map[string]string{".html": "text/html; charset=utf-8", ".htm": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".map": "application/json", ".webmanifest": "application/manifest+json",
		".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif",
		".ico": "image/x-icon", ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".txt": "text/plain; charset=utf-8", ".md": "text/markdown; charset=utf-8",
		".xml": "application/xml", ".pdf": "application/pdf", ".wasm": "application/wasm", ".mp4": "video/mp4", ".webm": "video/webm", ".mp3": "audio/mpeg"}
	if t := types[strings.ToLower(path.Ext(name))]; t != "" {
		return t
	}
	return "application/octet-stream"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
