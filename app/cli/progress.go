package cli

import (
	"strings"

	"airloom/backend/event"
)

// progress is the line at the bottom of a terminal that rewrites itself.
type progress struct {
	width int // of the terminal; 0 is none, and then there is no such line
	shown bool

	total   int             // resources that a plan changes
	settled map[string]bool // those that are done, by logical id
}

const bar = 20

// show gives what rewrites the line; part is how much is done, 0 where nobody knows.
func (p *progress) show(text string, part float64) string {
	if part > 0 {
		full := int(min(part, 1) * bar)
		text = "[" + strings.Repeat("=", full) + strings.Repeat(" ", bar-full) + "] " + text
	}
	text, _, _ = strings.Cut(text, "\n")
	if line := []rune(text); len(line) >= p.width { // a line that wraps could not be rewritten
		text = string(line[:p.width-1])
	}
	p.shown = true
	return "\r\x1b[K" + text
}

// clear gives what takes the line away.
func (p *progress) clear() string {
	if !p.shown {
		return ""
	}
	p.shown = false
	return "\r\x1b[K"
}

// count tells how much of a plan is done once a resource has changed its state.
func (p *progress) count(d event.Data) float64 {
	if p.settled == nil {
		p.settled = map[string]bool{}
	}
	if strings.HasSuffix(d.Status, "_COMPLETE") {
		p.settled[d.LogicalID] = true
	}
	if p.total == 0 {
		return 0
	}
	return float64(len(p.settled)) / float64(p.total)
}
