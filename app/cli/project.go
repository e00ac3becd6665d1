package cli

import (
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
		Example: `  airloom new shop --from orders
  airloom new --from list`,
		Args: func(_ *cobra.Command, got []string) error {
			if len(got) == 1 || from == "list" {
				return nil
			}
			return usage{fmt.Errorf("new takes the folder to make")}
		},
	}
	c.Flags().StringVar(&from, "from", "", "a sample to start from; `list` shows them")
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
		for _, s := range list {
			fmt.Fprintf(w, "%-14s %s\n", s.ID, s.Summary)
		}
	})
}

func (r *run) kindsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "kinds [KIND]", Short: "List the kinds on the shelf, or describe one", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, got []string) error {
			shelf := r.application().Shelf()
			if len(got) == 1 {
				sp, ok := shelf.Spec(got[0])
				if !ok {
					return fault.New(fault.NotFound, "there is no kind %q", got[0]).Try("`airloom kinds` lists them")
				}
				return r.view.data(sp, func(w io.Writer) {
					fmt.Fprintf(w, "%s — %s\n%s\n\n", sp.ID, sp.Title, sp.Summary)
					for _, f := range sp.Fields {
						table(w, []string{"  " + f.Name, string(f.Type), fmt.Sprint(orNone(f.Default)), f.Help})
					}
					for _, p := range sp.Ports {
						var speaks []string
						for _, s := range p.Speaks {
							speaks = append(speaks, strings.TrimSpace(string(s.Protocol)+" "+strings.Join(s.Access, "|")))
						}
						fmt.Fprintf(w, "  port %s (%s): %s\n", p.ID, p.Dir, strings.Join(speaks, ", "))
					}
				})
			}
			var specs []any
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

func orNone(v any) any {
	if v == nil {
		return "-"
	}
	return v
}

func (r *run) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check [PROJECT]", Short: "Tell what is wrong with a drawing", Args: cobra.MaximumNArgs(1),
		Long: "Check reads the drawing, generates its template in memory and prints the findings. Exit code 3 where one is blocking.",
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.project(cmd.Context(), first(got))
			if err != nil {
				return err
			}
			b, err := s.Preview()
			if err != nil {
				return err
			}
			err = r.view.data(map[string]any{"findings": b.Findings}, func(w io.Writer) {
				findings(w, b.Findings)
				fmt.Fprintf(w, "%s: %d nodes, %d wires, %d resources, %d findings\n", s.Name(), len(s.Design().Nodes), len(s.Design().Edges), len(b.Template.Resources), len(b.Findings))
			})
			if err != nil {
				return err
			}
			return blocking(b.Findings)
		},
	}
}

func blocking(fs []fault.Finding) error {
	if err := app.Blocking(fs); err != nil {
		return fmt.Errorf("%w: %w", errFindings, err)
	}
	return nil
}

func (r *run) generateCommand() *cobra.Command {
	var out, format string
	c := &cobra.Command{
		Use: "generate [PROJECT]", Short: "Write the template, and the packed functions with --out", Args: cobra.MaximumNArgs(1),
		Example: `  airloom generate shop --out out
  airloom generate shop --format yaml > template.yaml`,
	}
	c.Flags().StringVarP(&out, "out", "o", "", "folder for the template and artifacts/; without it the template is printed, unpacked")
	c.Flags().StringVar(&format, "format", "json", "json or yaml")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		s, err := r.project(cmd.Context(), first(got))
		if err != nil {
			return err
		}
		if out == "" {
			t, err := s.Template(format)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(r.Out, t.Body); err != nil {
				return err
			}
			return blocking(t.Findings)
		}
		p, err := s.Preview()
		if err != nil {
			return err
		}
		if err := blocking(p.Findings); err != nil {
			return err
		}
		b, err := s.Write(cmd.Context(), out, format, r.view.event)
		if err != nil {
			return err
		}
		return r.view.data(map[string]any{"digest": b.Digest, "resources": len(b.Template.Resources), "artifacts": b.Artifacts, "out": out}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: template with %d resources, %d artifacts, digest %.12s\n", out, len(b.Template.Resources), len(b.Artifacts), b.Digest)
		})
	}
	return c
}

func (r *run) packCommand() *cobra.Command {
	return &cobra.Command{
		Use: "pack [PROJECT]", Short: "Pack the functions and show their sizes", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.project(cmd.Context(), first(got))
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
	var nodes []string
	c := &cobra.Command{
		Use: "export [PROJECT]", Short: "Write the drawing as SVG or DOT", Args: cobra.MaximumNArgs(1),
		Example: `  airloom export shop --format svg -o shop.svg
  airloom export shop --format dot | dot -Tpng > shop.png`,
	}
	c.Flags().StringVar(&format, "format", "", "svg or dot; the default follows from -o, else svg")
	c.Flags().StringVarP(&out, "output", "o", "", "the file to write; standard output without it")
	c.Flags().StringVar(&theme, "theme", "light", "light or dark")
	c.Flags().StringSliceVar(&nodes, "node", nil, "only these nodes, and what lies in their groups")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		if format == "" {
			format = strings.TrimPrefix(filepath.Ext(out), ".")
		}
		if format == "" {
			format = "svg"
		}
		if !slices.Contains([]string{"light", "dark"}, theme) {
			return usage{fmt.Errorf("--theme is light or dark, not %q", theme)}
		}
		s, err := r.project(cmd.Context(), first(got))
		if err != nil {
			return err
		}
		var ids []design.ID
		for _, ref := range nodes {
			n, err := s.Node(ref)
			if err != nil {
				return err
			}
			ids = append(ids, n.ID)
		}
		e, err := s.Export(format, ids, theme)
		if err != nil {
			return err
		}
		if out == "" {
			_, err = io.WriteString(r.Out, e.Text)
			return err
		}
		return writeFile(out, e.Text)
	}
	return c
}
