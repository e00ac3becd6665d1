// Package cli is the door for terminals and pipelines: one file per command, data on standard output, talk on standard
// error, JSON on request, documented exit codes, never a prompt where nobody can answer. It imports app and the values that
// app gives.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"airloom/app"
	"airloom/app/desktop"
	"airloom/backend/event"
	"airloom/backend/fault"
)

// Deps is what the commands need.
type Deps struct {
	New     func() *app.App // made when a command needs it
	Files   fs.FS           // the built interface
	Version string
	Home    string // folder for new projects in the interface
	Token   func() string
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	Getenv  func(string) string
}

// run is one command line being carried out.
type run struct {
	Deps
	json    bool
	quiet   bool
	sandbox string
	view    *view
	app     *app.App
}

// Run carries out a command line and gives the exit code. The first interrupt cancels and waits for a verdict, the second leaves.
func Run(args []string, d Deps) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	// A reader that goes away (`| head`) ends the work as an interrupt does, so that nothing is left running. Noticing the
	// signal turns it into an error of the write, and, unlike ignoring it, is not inherited by what is started.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	d.Out = &pipe{to: d.Out, broken: func() { leave(errReaderGone) }}
	r := &run{Deps: d}
	root := r.root()
	root.SetArgs(args)
	root.SetIn(d.In)
	root.SetOut(d.Out)
	root.SetErr(d.Err)
	err := root.ExecuteContext(ctx)
	if r.app != nil {
		if e := r.app.Close(); e != nil {
			err = errors.Join(err, e)
		}
	}
	if context.Cause(ctx) == errReaderGone {
		return exitReaderGone
	}
	return r.finish(err)
}

func (r *run) root() *cobra.Command {
	c := &cobra.Command{
		Use:   "airloom [PROJECT]",
		Short: "Draw a serverless system, run it here, deploy it to your own cloud",
		Long: `Airloom draws serverless systems and runs what it draws.

Without a command it opens the window, on PROJECT where one is given. PROJECT is a file (shop.airloom,
shop.design.json) or the folder that holds it; without it the working folder is meant. Every command prints
data on standard output and talk on standard error; --json makes both the data and the events
machine-readable, one JSON value a line. Questions are asked on a terminal only; --yes answers them.

Exit codes:
  0    done
  1    the work failed
  2    the command line is wrong
  3    the drawing has blocking findings, or the sandbox cannot do what it asks for
  4    consent, trust or permission is missing
  5    something outside is missing or does not answer
  130  interrupted
  141  nobody reads standard output any more`,
		Example: `  airloom new shop --from orders      a project from a sample
  airloom run shop                    deploy it to this machine and stay
  airloom call create-order shop      send a payload to one of its nodes
  airloom deploy shop --sandbox dev   deploy it to your own account`,
		Args: func(c *cobra.Command, got []string) error {
			if len(got) > 1 && !there(got[0]) {
				return unknown(c, got[0])
			}
			return upTo(1)(c, got)
		},
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       r.Version,
		RunE:          r.open,

		SuggestionsMinimumDistance: 2,
	}
	c.PersistentFlags().BoolVar(&r.json, "json", false, "print JSON, one value a line")
	c.PersistentFlags().BoolVarP(&r.quiet, "quiet", "q", false, "no progress on standard error")
	c.PersistentPreRun = func(*cobra.Command, []string) { r.view = newView(r) }
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usage{err, c.CommandPath()} })
	c.AddCommand(r.newCommand(), r.kindsCommand(), r.checkCommand(), r.generateCommand(), r.packCommand(), r.exportCommand(), r.syncCommand(),
		r.runCommand(), r.planCommand(), r.deployCommand(), r.destroyCommand(), r.callCommand(), r.logsCommand(), r.sandboxCommand(),
		r.serveCommand(), r.openapiCommand())
	return c
}

// open is `airloom [PROJECT]`: the window, or a word about why there is none.
func (r *run) open(cmd *cobra.Command, got []string) error {
	if path := first(got); path != "" && !there(path) {
		return unknown(cmd, path)
	}
	if ok, why := desktop.Available(); !ok {
		return fault.New(fault.Unavailable, "no window can be opened: %s", why).Try("run `airloom serve` and open the address that it prints")
	}
	return r.window(cmd.Context(), first(got))
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// unknown is a first word that is no command and no project.
func unknown(c *cobra.Command, word string) error {
	err := fmt.Errorf("there is no command and no project %q", word)
	if like := c.SuggestionsFor(word); len(like) > 0 {
		err = fmt.Errorf("%w; did you mean `airloom %s`?", err, like[0])
	}
	return usage{err, c.CommandPath()}
}

// project opens the project that a command names, and tells what somebody changed in its text. A text that cannot be read
// is refused: nobody wants the drawing of before a merge to be deployed.
func (r *run) project(ctx context.Context, path string) (*app.Session, error) {
	s, o, err := r.outside(ctx, path)
	if err == nil && o != nil && o.Problem != "" {
		err = fault.New(fault.Invalid, "%s", o.Problem).Try("%s; or write the text anew from the project file: `airloom sync --drop`", or(o.Hint, "mend the text"))
	}
	return s, err
}

// reach is project for what does not depend on the drawing: a text that cannot be read is mentioned.
func (r *run) reach(ctx context.Context, path string) (*app.Session, error) {
	s, o, err := r.outside(ctx, path)
	if err == nil && o != nil && o.Problem != "" {
		r.view.event(event.Event{Type: event.Warn, Level: event.Warning, Text: o.Problem, Data: event.Data{Hint: o.Hint}})
	}
	return s, err
}

func (r *run) outside(ctx context.Context, path string) (*app.Session, *app.Outside, error) {
	s, err := r.application().Open(ctx, or(path, "."))
	if err != nil {
		if f := fault.As(err); path == "" && f.Code == fault.NotFound {
			err = f.Try("name the project, or change to its folder; `airloom new` makes one")
		}
		return nil, nil, err
	}
	if n := s.Notice(); n != "" {
		r.view.event(event.Event{Type: event.Warn, Level: event.Warning, Text: n})
	}
	o, err := s.Outside(ctx)
	if err == nil && o != nil && o.Problem == "" {
		const shown = 4
		text := strings.Join(o.Summary[:min(shown, len(o.Summary))], ", ")
		if n := len(o.Summary) - shown; n > 0 {
			text += fmt.Sprintf(" and %d more", n)
		}
		r.view.event(event.Event{Type: event.Warn, Level: event.Warning, Text: textName(s) + " has changed outside and is not taken in: " + text,
			Data: event.Data{Hint: "`airloom sync --take` takes it in, `airloom sync --drop` drops it"}})
	}
	return s, o, err
}

func textName(s *app.Session) string { return s.Name() + ".design.json" }

func (r *run) application() *app.App {
	if r.app == nil {
		r.app = r.New()
	}
	return r.app
}

func (r *run) log() *slog.Logger { return slog.New(slog.NewTextHandler(r.Err, nil)) }

func first(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return ""
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
