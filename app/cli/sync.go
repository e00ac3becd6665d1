package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"airloom/backend/fault"
)

// syncCommand is for people who keep the text snapshot in git: what a pull brought is taken in, or dropped.
func (r *run) syncCommand() *cobra.Command {
	var take, drop bool
	c := &cobra.Command{
		Use: "sync [PROJECT]", Short: "Show what changed in the text snapshot, take it in or drop it", Args: upTo(1),
		Long: `The drawing is kept in the project file and mirrored in NAME.design.json, which is made for git. Where the text
changes outside (a pull, a merge, an editor), nothing happens to the drawing until you say so: sync shows what
would change, --take changes the drawing as one step that can be undone, --drop writes the text anew from the
drawing.`,
		Example: `  git pull
  airloom sync shop           what the pull would change
  airloom sync shop --take    change the drawing so`,
	}
	c.Flags().BoolVar(&take, "take", false, "change the drawing as the text says")
	c.Flags().BoolVar(&drop, "drop", false, "keep the drawing and write the text anew")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		if take && drop {
			return usage{errors.New("--take and --drop exclude one another"), cmd.CommandPath()}
		}
		s, err := r.application().Open(cmd.Context(), or(first(got), "."))
		if err != nil {
			return err
		}
		o, err := s.Outside(cmd.Context())
		switch {
		case err != nil:
			return err
		case o == nil:
			r.view.say("nothing has changed outside")
			return r.view.data(o, func(io.Writer) {})
		case o.Problem != "" && !drop:
			return fault.New(fault.Invalid, "%s", o.Problem).Try("%s; or write the text anew from the project file: `airloom sync --drop`", or(o.Hint, "mend the text"))
		}
		if take || drop {
			if _, err := s.TakeIn(cmd.Context(), take); err != nil {
				return err
			}
		}
		err = r.view.data(o, func(w io.Writer) {
			for _, line := range o.Summary {
				fmt.Fprintln(w, clean(line))
			}
		})
		switch {
		case take:
			r.view.say("taken in")
		case drop:
			r.view.say("dropped; %s was written anew", textName(s))
		default:
			r.view.say("--take takes it in, --drop drops it")
		}
		return err
	}
	return c
}
