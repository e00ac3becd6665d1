// Package drawing holds kinds to what they generate: each golden file is a drawing, the template that it becomes, and what
// is found wrong with it. It is for tests and imports generate.
package drawing

import (
	"fmt"
	"strings"
	"testing"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/generate"
	"airloom/backend/internal/golden"
	"airloom/backend/kind"
)

// Each compares, for every txtar file that matches the pattern, the template of its design.json with its template.yaml
// and the findings with its findings.txt, which is not there where all is well.
func Each(t *testing.T, pattern string, shelf ...kind.Kind) {
	t.Helper()
	golden.Each(t, pattern, func(t *testing.T, c *golden.Case) {
		d, err := design.Unmarshal(c.Input("design.json"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := generate.Generate(d, shelf, generate.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		b.Template.Metadata = nil // the trace, which generate's own tests look at
		c.Want("template.yaml", cfn.PrintYAML(b.Template))
		var findings strings.Builder
		for _, f := range b.Findings {
			fmt.Fprintf(&findings, "%s %s %s %s: %s (%s)\n", f.Severity, f.Rule, f.Node, f.Field, f.Message, f.Hint)
		}
		if findings.Len() > 0 || c.Has("findings.txt") {
			c.Want("findings.txt", []byte(findings.String()))
		}
	})
}
