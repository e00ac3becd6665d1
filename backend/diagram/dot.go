package diagram

import (
	"fmt"
	"strings"

	"github.com/awalterschulze/gographviz"

	"airloom/backend/fault"
)

// DOT prints a scene for Graphviz: nodes, clusters for groups, edges with labels. It carries no URLs.
// https://graphviz.org/doc/info/lang.html
func DOT(s Scene) (string, error) {
	g := gographviz.NewEscape()
	steps := []error{g.SetName("design"), g.SetDir(true), g.AddAttr("design", "rankdir", "LR")}
	if s.Name != "" {
		steps = append(steps, g.AddAttr("design", "label", quote(s.Name)))
	}
	groups := map[string]bool{}
	for _, it := range s.Groups {
		groups[it.ID] = true
	}
	home := func(parent string) string {
		if groups[parent] {
			return cluster(parent)
		}
		return "design"
	}
	for _, it := range s.Groups {
		steps = append(steps, g.AddSubGraph(home(it.Parent), cluster(it.ID), map[string]string{"label": quote(it.Name)}))
	}
	for _, it := range s.Boxes {
		steps = append(steps, g.AddNode(home(it.Parent), quote(it.ID), map[string]string{
			"label": quote(it.Name + "\n" + it.Title), "shape": "box", "style": "rounded"}))
	}
	for _, it := range s.Notes {
		steps = append(steps, g.AddNode(home(it.Parent), quote(it.ID), map[string]string{"label": quote(it.Text), "shape": "note"}))
	}
	for _, w := range s.Wires {
		if groups[w.From] || groups[w.To] {
			continue
		}
		steps = append(steps, g.AddEdge(quote(w.From), quote(w.To), true, map[string]string{"label": quote(w.Label)}))
	}
	for _, err := range steps {
		if err != nil {
			return "", fault.Wrap(err, fault.Internal, "writing DOT")
		}
	}
	return g.String(), nil
}

func cluster(id string) string { return fmt.Sprintf("%q", "cluster_"+id) }

// quote makes a DOT string: only quotes and backslashes have a meaning inside, line breaks are \n.
func quote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", `\n`, "\x00", "").Replace(s)
	return `"` + s + `"`
}
