package catalog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"airloom/backend/catalog"
	"airloom/backend/internal/golden"
	"airloom/backend/kind"
)

// What each wire grants is written down (G1), in the folder of one of its two kinds: read a difference before you accept it. A new
// kind writes all its wires into its own folder, so that it touches no other.
func TestWhatEachWireGrants(t *testing.T) {
	held := map[string]string{} // by wire: the id of the kind whose folder has it
	has := map[string]int{}     // how many wires a kind's folder has
	for _, k := range catalog.Shelf() {
		id := k.Spec().ID
		for _, wire := range written(t, k) {
			if other, twice := held[wire]; twice {
				t.Errorf("%s is written down by %s and by %s: remove one", wire, other, id)
			}
			held[wire] = id
			has[id]++
		}
	}
	by := map[string][]pair{}
	for _, p := range pairs() {
		id, ok := held[p.String()]
		if !ok {
			id = writer(p, has)
		}
		by[id] = append(by[id], p)
		delete(held, p.String())
	}
	for wire, id := range held {
		t.Errorf("%s is no wire any more: remove it from the grants.txtar of %s", wire, id)
	}
	each(t, func(t *testing.T, k kind.Kind, sp kind.Spec) {
		if len(by[sp.ID]) == 0 {
			return
		}
		golden.Each(t, grantsFile(k), func(t *testing.T, c *golden.Case) {
			for _, p := range by[sp.ID] {
				c.Want(p.String(), []byte(granted(t, p)))
			}
		})
	})
}

func grantsFile(k kind.Kind) string {
	return filepath.Join(filepath.FromSlash(folder(k)), "grants.txtar")
}

// written are the wires that a kind's folder has.
func written(t *testing.T, k kind.Kind) []string {
	t.Helper()
	text, err := os.ReadFile(grantsFile(k))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var out []string
	for _, f := range txtar.Parse(text).Files {
		out = append(out, f.Name)
	}
	return out
}

// writer is the kind that writes down a wire which nobody has yet: the one that has none, since it is new; else the one that
// grants, which is the target of calls and the source of everything else.
func writer(p pair, has map[string]int) string {
	from, to := p.from.Spec().ID, p.to.Spec().ID
	switch {
	case has[from] == 0 && has[to] > 0:
		return from
	case has[to] == 0 && has[from] > 0 || p.protocol == kind.Call:
		return to
	}
	return from
}

// granted is what a wire adds to what its two nodes are granted alone, one line each.
func granted(t *testing.T, p pair) string {
	alone := grants(gen(t, p.draw(t, false)).Template)
	var lines []string
	for g := range grants(gen(t, p.draw(t, true)).Template) {
		if alone[g] {
			continue
		}
		line := fmt.Sprintf("%s: %s on %s", g.holder, g.action, g.resource)
		if g.principal != "" {
			line += " by " + g.principal
		}
		if g.condition != "" {
			line += " if " + g.condition
		}
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
