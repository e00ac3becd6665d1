package app

import (
	"airloom/backend/design"
	"airloom/backend/diagram"
	"airloom/backend/fault"
)

// Exported is a drawing in another form.
type Exported struct {
	Name string `json:"name"` // a file name
	MIME string `json:"mime"`
	Text string `json:"text"`
}

// Export draws the whole design, or the given nodes with what lies in their groups, as "svg" or "dot"; theme is "light" or "dark".
func (s *Session) Export(format string, ids []design.ID, theme string) (Exported, error) {
	d := s.project.Design()
	for _, id := range ids {
		if _, ok := d.Nodes[id]; !ok {
			return Exported{}, fault.New(fault.NotFound, "there is no node %q", id)
		}
	}
	scene := diagram.Lay(diagram.Select(d, ids), s.app.deps.Shelf.Spec)
	switch format {
	case "svg":
		colours := diagram.Light()
		if theme == "dark" {
			colours = diagram.Dark()
		}
		return Exported{s.Name() + ".svg", "image/svg+xml", string(diagram.SVG(scene, colours))}, nil
	case "dot":
		text, err := diagram.DOT(scene)
		return Exported{s.Name() + ".dot", "text/vnd.graphviz", text}, err
	}
	return Exported{}, fault.New(fault.Unsupported, "drawings are exported as svg or dot, not as %q", format)
}
