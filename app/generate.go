package app

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
)

// Packer packs units of code. hostArch, where set, is the architecture that native code is built for instead of the
// declared one; the packer's result must be reproducible and cached.
type Packer func(ctx context.Context, folder string, units []kind.Unit, hostArch string, sink event.Sink) ([]Packed, error)

// Packed is a packed unit, with what people want to know of it.
type Packed = generate.Packed

// Preview is the bundle of the drawing as it stands, before anything is packed: its template names stand-in artifacts.
// It is made once a revision.
func (s *Session) Preview() (generate.Bundle, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.project.Design()
	if s.preview != nil && s.previewed == d.Revision {
		return *s.preview, nil
	}
	b, err := generate.Generate(d, s.app.deps.Shelf, generate.Settings{})
	if err != nil {
		return b, err
	}
	s.preview, s.previewed = &b, d.Revision
	return b, nil
}

// Bundle packs the code and gives the deployable bundle. A blocking finding is an error that names the first.
func (s *Session) Bundle(ctx context.Context, hostArch string, sink event.Sink) (generate.Bundle, []Packed, error) {
	b, err := s.Preview()
	if err != nil {
		return b, nil, err
	}
	if err := Blocking(b.Findings); err != nil {
		return b, nil, err
	}
	packed, err := s.Pack(ctx, hostArch, sink)
	if err != nil {
		return b, nil, err
	}
	keys := map[design.ID]string{}
	for _, p := range packed {
		keys[p.Node] = p.Key
	}
	b, err = generate.Generate(s.project.Design(), s.app.deps.Shelf, generate.Settings{Keys: keys})
	if err != nil {
		return b, nil, err
	}
	for _, p := range packed {
		b.Artifacts = append(b.Artifacts, p.Artifact)
	}
	return b, packed, nil
}

// Pack packs all units of the drawing.
func (s *Session) Pack(ctx context.Context, hostArch string, sink event.Sink) ([]Packed, error) {
	b, err := s.Preview()
	if err != nil {
		return nil, err
	}
	if err := s.begin(b.Units, sink); err != nil {
		return nil, err
	}
	return s.app.deps.Packer(ctx, s.Folder(), b.Units, hostArch, sink)
}

// Blocking is an error where a finding forbids generation, naming the first of them and how many there are.
func Blocking(fs []fault.Finding) error {
	n := 0
	var first *fault.Finding
	for i := range fs {
		if fs[i].Severity == fault.Blocking {
			n++
			first = cmp.Or(first, &fs[i])
		}
	}
	if first == nil {
		return nil
	}
	more := ""
	if n > 1 {
		more = " (and " + plural(n-1, "more finding") + ")"
	}
	return &fault.Error{Code: fault.Invalid, Message: first.Message + more, Where: first.Node, Hint: first.Hint}
}

// TemplateView is the generated template with what the panel beside the drawing needs.
type TemplateView struct {
	Body      string               `json:"body"`
	Bytes     int                  `json:"bytes"`
	Resources int                  `json:"resources"`
	Trace     map[string]design.ID `json:"trace"`
	Units     []kind.Unit          `json:"units"`
	Digest    string               `json:"digest"`
	Findings  []fault.Finding      `json:"findings"`
}

// Template prints the drawing's template as "json" or "yaml".
func (s *Session) Template(format string) (TemplateView, error) {
	b, err := s.Preview()
	if err != nil {
		return TemplateView{}, err
	}
	body, err := templateText(b, format)
	if err != nil {
		return TemplateView{}, err
	}
	return TemplateView{string(body), len(b.Body), len(b.Template.Resources), b.Trace, b.Units, b.Digest, b.Findings}, nil
}

func templateText(b generate.Bundle, format string) ([]byte, error) {
	switch format {
	case "", "json":
		return b.Body, nil
	case "yaml":
		return cfn.PrintYAML(b.Template), nil
	}
	return nil, fault.New(fault.Invalid, "templates are printed as json or yaml, not as %q", format).Try("choose one of the two")
}

// Write packs and saves the bundle to a folder: template.json (or .yaml) and artifacts/<key>. What else lies in the folder stays.
func (s *Session) Write(ctx context.Context, folder, format string, sink event.Sink) (generate.Bundle, error) {
	b, packed, err := s.Bundle(ctx, "", sink)
	if err != nil {
		return b, err
	}
	body, err := templateText(b, format)
	if err != nil {
		return b, err
	}
	name := "template." + cmp.Or(format, "json")
	if err := os.MkdirAll(filepath.Join(folder, "artifacts"), 0o755); err != nil {
		return b, fault.Wrap(err, fault.Denied, "making the output folder").At(folder).Try("choose a folder that you may write to")
	}
	if err := os.WriteFile(filepath.Join(folder, name), body, 0o644); err != nil {
		return b, fault.Wrap(err, fault.Denied, "writing the template").At(folder)
	}
	for _, p := range packed {
		if err := copyFile(p.Path, filepath.Join(folder, "artifacts", p.Key)); err != nil {
			return b, err
		}
	}
	return b, nil
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o644)
	}
	if err != nil {
		return fault.Wrap(err, fault.Denied, "copying an artifact").At(to)
	}
	return nil
}
