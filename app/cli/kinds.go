package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func (r *run) kindsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "kinds [KIND]", Short: "List the kinds on the shelf, or describe one", Args: upTo(1),
		Long: `Kinds are what a drawing is made of. With a name it tells a kind's fields with their defaults, its ports with the
protocols and accesses that wires may have, and the payload that ` + "`airloom call`" + ` sends without --data.`,
		Example: `  airloom kinds
  airloom kinds aws.sqs`,
		ValidArgsFunction: one(func([]string) []string {
			var words []string
			for _, k := range r.application().Shelf() {
				sp := k.Spec()
				words = append(words, cobra.CompletionWithDesc(sp.ID, sp.Title))
			}
			return words
		}),
		RunE: func(_ *cobra.Command, got []string) error {
			shelf := r.application().Shelf()
			if len(got) == 1 {
				sp, ok := shelf.Spec(got[0])
				if !ok {
					return fault.New(fault.NotFound, "there is no kind %q", got[0]).Try("`airloom kinds` lists them")
				}
				return r.view.data(sp, func(w io.Writer) { describe(w, sp) })
			}
			specs := []kind.Spec{}
			var rows [][]string
			for _, k := range shelf {
				sp := k.Spec()
				specs = append(specs, sp)
				rows = append(rows, []string{sp.ID, sp.Category, sp.Summary})
			}
			return r.view.data(specs, func(w io.Writer) { table(w, rows...) })
		},
	}
}

func describe(w io.Writer, sp kind.Spec) {
	fmt.Fprintf(w, "%s — %s\n%s\n", sp.ID, sp.Title, sp.Summary)
	if len(sp.Fields) > 0 {
		fmt.Fprintln(w, "\nFields")
	}
	for _, f := range sp.Fields {
		fmt.Fprintf(w, "  %s  %s\n", f.Name, clean(limits(f)))
		if f.Help != "" {
			fmt.Fprintf(w, "      %s\n", clean(f.Help))
		}
	}
	if len(sp.Ports) > 0 {
		fmt.Fprintln(w, "\nPorts")
	}
	var rows [][]string
	for _, p := range sp.Ports {
		var speaks []string
		for _, s := range p.Speaks {
			speaks = append(speaks, strings.TrimSpace(string(s.Protocol)+" "+strings.Join(s.Access, "|")))
		}
		rows = append(rows, []string{"  " + p.ID, string(p.Dir), strings.Join(speaks, ", ")})
	}
	table(w, rows...)
	if sp.Sample != "" {
		fmt.Fprintf(w, "\nSample payload\n  %s\n", strings.ReplaceAll(strings.TrimSpace(clean(sp.Sample)), "\n", "\n  "))
	}
	if sp.Doc != "" {
		fmt.Fprintf(w, "\n%s\n", sp.Doc)
	}
}

// limits says what a field takes, and what it is where nothing is given.
func limits(f kind.Field) string {
	text := string(f.Type)
	if len(f.Options) > 0 {
		text = strings.Join(f.Options, " | ")
	}
	switch {
	case f.Min != nil && f.Max != nil:
		text += fmt.Sprintf(" %s to %s", said(*f.Min), said(*f.Max))
	case f.Min != nil:
		text += " from " + said(*f.Min)
	case f.Max != nil:
		text += " up to " + said(*f.Max)
	}
	if f.Unit != "" {
		text += " " + f.Unit
	}
	if f.Required {
		text += ", required"
	}
	if f.Default != nil {
		text += ", default " + said(f.Default)
	}
	return text
}

// said is a value as a person writes it.
func said(v any) string {
	if n, ok := v.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
