package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"airloom/app"
)

// choice completes a word: shells ask for the words that may stand in a place.
type choice = cobra.CompletionFunc

// files leaves the completion to the shell, which knows files.
const files = cobra.ShellCompDirectiveDefault

// one completes the first argument by a list, and those after it as files: a project.
func one(words func(got []string) []string) choice {
	return func(_ *cobra.Command, got []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(got) > 0 {
			return nil, files
		}
		return words(got), cobra.ShellCompDirectiveNoFileComp
	}
}

// listing completes a flag by a list; at is where the project stands among the arguments.
func (r *run) listing(at int, words func(*app.Session) []string) choice {
	return func(cmd *cobra.Command, got []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return r.words(cmd, got, at, words), cobra.ShellCompDirectiveNoFileComp
	}
}

func fixed(words ...string) choice {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// words asks the project. A shell that completes wants words or nothing, never an error.
func (r *run) words(cmd *cobra.Command, got []string, at int, words func(*app.Session) []string) []string {
	path := "."
	if len(got) > at {
		path = got[at]
	} else if below := projects("*"); len(below) == 1 && !projectHere() {
		path = below[0] // the one that the command will name next
	}
	s, err := r.application().Open(cmd.Context(), path)
	if err != nil {
		return nil
	}
	return words(s)
}

func projectHere() bool { return len(projects(".")) > 0 }

// projects are the folders of a pattern that hold a project.
func projects(dirs string) []string {
	var out []string
	for _, ending := range []string{"*.airloom", "*.design.json"} {
		found, err := filepath.Glob(filepath.Join(dirs, ending))
		if err != nil {
			panic(err) // a mistake in the pattern
		}
		for _, f := range found {
			if dir := filepath.Dir(f); !strings.HasPrefix(filepath.Base(f), ".") && !slices.Contains(out, dir) {
				out = append(out, dir)
			}
		}
	}
	return out
}

// node completes a command's first argument by nodes.
func (r *run) node(words func(*app.Session) []string) choice {
	return func(cmd *cobra.Command, got []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(got) > 0 {
			return nil, files
		}
		return r.words(cmd, got, 1, words), cobra.ShellCompDirectiveNoFileComp
	}
}

func callable(s *app.Session) []string { return s.Callable() }

func nodes(s *app.Session) []string {
	var out []string
	for _, id := range s.Design().NodeIDs() {
		out = append(out, string(id))
	}
	return out
}

func sandboxes(s *app.Session) []string {
	list, err := s.Sandboxes()
	if err != nil {
		return nil
	}
	var out []string
	for _, b := range list {
		out = append(out, b.Name)
	}
	return out
}

// own are the sandboxes that can be removed.
func own(s *app.Session) []string {
	return slices.DeleteFunc(sandboxes(s), func(name string) bool { return name == app.DefaultSandbox })
}

// complete registers the completion of a flag that the command has.
func complete(c *cobra.Command, flag string, f choice) {
	if err := c.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // a mistake in this package
	}
}
