package cli

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"airloom/app"
	"airloom/backend/design"
	"airloom/backend/fault"
)

func (r *run) newCommand() *cobra.Command {
	var from string
	c := &cobra.Command{
		Use:   "new DIR",
		Short: "Make a project, empty or from a sample",
		Long: `New makes a folder with a project file (DIR/NAME.airloom), its text snapshot for git (NAME.design.json) and, from a
sample, the code of its functions (functions/…).`,
		Example: `  airloom new shop --from orders
  airloom new --from list           the samples`,
		Args: func(c *cobra.Command, got []string) error {
			if from == "list" {
				return upTo(0)(c, got)
			}
			return between(1, 1, "the folder to make")(c, got)
		},
	}
	c.Flags().StringVar(&from, "from", "", "the sample to start from; \"list\" lists them")
	complete(c, "from", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		words := []string{"list"}
		list, err := r.application().Samples()
		for _, sample := range list {
			words = append(words, cobra.CompletionWithDesc(sample.ID, sample.Title))
		}
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	})
	c.RunE = func(cmd *cobra.Command, got []string) error {
		if from == "list" {
			return r.samples()
		}
		dir, err := filepath.Abs(got[0])
		if err != nil {
			return err
		}
		s, err := r.application().Create(cmd.Context(), filepath.Dir(dir), filepath.Base(dir), from)
		if err != nil {
			return err
		}
		o, err := s.Opened(cmd.Context())
		if err != nil {
			return err
		}
		return r.view.data(o, func(w io.Writer) { fmt.Fprintf(w, "%s\n", o.Path) })
	}
	return c
}

func (r *run) samples() error {
	list, err := r.application().Samples()
	if err != nil {
		return err
	}
	return r.view.data(list, func(w io.Writer) {
		var rows [][]string
		for _, s := range list {
			rows = append(rows, []string{s.ID, s.Summary})
		}
		table(w, rows...)
	})
}

func (r *run) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check [PROJECT]", Short: "Tell what is wrong with a drawing", Args: upTo(1),
		Long: `Check reads the drawing, generates its template in memory and prints the findings, each with its node, the reason and
what to do. Exit code 3 where one of them is blocking.`,
		Example: `  airloom check shop
  airloom check shop --json | jq '.findings[].rule'`,
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.project(cmd.Context(), first(got))
			if err != nil {
				return err
			}
			b, err := s.Preview()
			if err != nil {
				return err
			}
			d := s.Design()
			all := append([]fault.Finding{}, b.Findings...)
			value := map[string]any{"findings": all, "nodes": len(d.Nodes), "wires": len(d.Edges), "resources": len(b.Template.Resources)}
			err = r.view.data(value, func(w io.Writer) {
				findings(w, all)
				fmt.Fprintf(w, "%s: %s, %s, %s, %s\n", s.Name(), plural(len(d.Nodes), "node"), plural(len(d.Edges), "wire"),
					plural(len(b.Template.Resources), "resource"), plural(len(all), "finding"))
			})
			if err != nil {
				return err
			}
			return blocking(all, true, found)
		},
	}
}

func (r *run) generateCommand() *cobra.Command {
	var out, format string
	c := &cobra.Command{
		Use: "generate [PROJECT]", Short: "Write the template, and the packed functions with --out", Args: upTo(1),
		Long: `Generate makes plain CloudFormation of the drawing. With --out it packs the functions too and writes what would be
deployed: template.json (or .yaml) and artifacts/. The same drawing and code give the same bytes.`,
		Example: `  airloom generate shop --out out
  airloom generate shop --format yaml > template.yaml`,
	}
	c.Flags().StringVarP(&out, "out", "o", "", "folder for the template and artifacts/; without it the template is printed, unpacked")
	c.Flags().StringVar(&format, "format", "json", "json or yaml")
	complete(c, "format", fixed("json", "yaml"))
	if err := c.MarkFlagDirname("out"); err != nil {
		panic(err) // a mistake in this package
	}
	c.RunE = func(cmd *cobra.Command, got []string) error {
		if err := oneOf("format", format, "json", "yaml"); err != nil {
			return usage{err, cmd.CommandPath()}
		}
		s, err := r.sound(cmd.Context(), first(got))
		if err != nil {
			return err
		}
		if out == "" {
			t, err := s.Template(format)
			if err != nil {
				return err
			}
			return r.view.print(r.Out, t.Body)
		}
		b, err := s.Write(cmd.Context(), out, format, r.view.event)
		if err != nil {
			return err
		}
		return r.view.data(map[string]any{"digest": b.Digest, "resources": len(b.Template.Resources), "artifacts": b.Artifacts, "out": out}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: template with %s, %s, digest %.12s\n", out, plural(len(b.Template.Resources), "resource"), plural(len(b.Artifacts), "artifact"), b.Digest)
		})
	}
	return c
}

func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("--%s is %s, not %q", flag, strings.Join(allowed, " or "), value)
}

func (r *run) packCommand() *cobra.Command {
	return &cobra.Command{
		Use: "pack [PROJECT]", Short: "Pack the functions and show their sizes", Args: upTo(1),
		Long: `Pack makes the zip of each function as it would be deployed and shows its size. Zips are reproducible and kept: what has
not changed is not packed again. Secrets, caches and links outwards are left out, and listed.`,
		Example: `  airloom pack shop
  airloom pack shop --json | jq '.[] | [.node, .size]'`,
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.sound(cmd.Context(), first(got))
			if err != nil {
				return err
			}
			units, err := s.Pack(cmd.Context(), "", r.view.event)
			if err != nil {
				return err
			}
			return r.view.data(units, func(w io.Writer) {
				rows := [][]string{{"FUNCTION", "ZIPPED", "UNZIPPED", "DIGEST", ""}}
				for _, u := range units {
					note := ""
					if u.Cached {
						note = "unchanged"
					}
					if len(u.LeftOut) > 0 {
						note += " left out: " + strings.Join(u.LeftOut, " ")
					}
					rows = append(rows, []string{string(u.Node), size(u.Size), size(u.Unzipped), fmt.Sprintf("%.12s", u.Digest), note})
				}
				table(w, rows...)
			})
		},
	}
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}

func (r *run) exportCommand() *cobra.Command {
	var format, out, theme string
	var scale float64
	var only, formats []string
	for _, f := range app.ExportFormats() {
		formats = append(formats, f.Name)
	}
	c := &cobra.Command{
		Use: "export [PROJECT]", Short: "Write the drawing as a picture, a diagram for other tools, or a document", Args: upTo(1),
		Example: `  airloom export shop -o shop.svg
  airloom export shop --theme dark --scale 3 -o shop.png
  airloom export shop --node orders -o orders.drawio
  airloom export shop --format md > ARCHITECTURE.md
  airloom export shop --format dot | dot -Tpng > shop.png`,
	}
	c.Flags().StringVar(&format, "format", "", strings.Join(formats, ", ")+"; the default follows from -o, else svg")
	c.Flags().StringVarP(&out, "output", "o", "", "the file to write; standard output without it")
	c.Flags().StringVar(&theme, "theme", "light", "light or dark")
	c.Flags().Float64Var(&scale, "scale", 2, "of png: pixels a unit of the canvas, 1 to 4")
	c.Flags().StringSliceVar(&only, "node", nil, "only these nodes, and what lies in their groups")
	complete(c, "format", fixed(formats...))
	complete(c, "theme", fixed("light", "dark"))
	complete(c, "node", r.listing(0, nodes))
	c.RunE = func(cmd *cobra.Command, got []string) error {
		if format == "" {
			format = app.ExportFormatOf(filepath.Base(out))
		}
		if format == "" {
			format = "svg"
		}
		if err := cmp.Or(oneOf("format", format, formats...), oneOf("theme", theme, "light", "dark")); err != nil {
			return usage{err, cmd.CommandPath()}
		}
		s, err := r.project(cmd.Context(), first(got))
		if err != nil {
			return err
		}
		var ids []design.ID
		for _, ref := range only {
			n, err := s.Node(ref)
			if err != nil {
				return err
			}
			ids = append(ids, n.ID)
		}
		e, err := s.Export(app.ExportOptions{Format: format, IDs: ids, Theme: theme, Scale: scale})
		if err != nil {
			return err
		}
		if out == "" {
			return r.view.print(r.Out, string(e.Bytes()))
		}
		if err := writeFile(out, string(e.Bytes())); err != nil {
			return err
		}
		r.view.say("wrote %s", out)
		return r.view.data(map[string]any{"file": out, "bytes": len(e.Bytes())}, func(io.Writer) {})
	}
	return c
}
