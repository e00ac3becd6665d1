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
	"syscall"

	"github.com/spf13/cobra"

	"airloom/app"
	"airloom/app/desktop"
	"airloom/backend/fault"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1 // the work failed
	exitUsage       = 2 // the command line is wrong
	exitFindings    = 3 // the drawing has blocking findings
	exitDenied      = 4 // consent, trust or permission is missing
	exitUnavailable = 5 // something outside is missing or does not answer
	exitCanceled    = 130
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
	view    view
	app     *app.App
}

// Run carries out a command line and gives the exit code. The first interrupt cancels and waits for a verdict, the second leaves.
func Run(args []string, d Deps) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	r := &run{Deps: d}
	root := r.root()
	root.SetArgs(args)
	root.SetIn(d.In)
	root.SetOut(d.Out)
	root.SetErr(d.Err)
	err := root.ExecuteContext(ctx)
	if r.app != nil {
		err = errors.Join(err, r.app.Close())
	}
	return r.finish(err)
}

func (r *run) root() *cobra.Command {
	c := &cobra.Command{
		Use:   "airloom [PROJECT]",
		Short: "Draw a serverless system, run it here, deploy it to your own cloud",
		Long: `Airloom draws serverless systems and runs what it draws.

Without a command it opens the window, on PROJECT where one is given. PROJECT is a file (shop.airloom,
shop.design.json) or the folder that holds it. Every command prints data on standard output and talk on
standard error; --json makes both the data and the events machine-readable, one JSON value a line.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 blocking findings, 4 consent or permission missing,
5 something outside is missing or does not answer, 130 interrupted.`,
		Args:          cobra.MaximumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       r.Version,
		RunE:          r.open,
	}
	c.PersistentFlags().BoolVar(&r.json, "json", false, "print JSON, one value a line")
	c.PersistentFlags().BoolVarP(&r.quiet, "quiet", "q", false, "no progress on standard error")
	c.PersistentPreRun = func(*cobra.Command, []string) { r.view = newView(r) }
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage{err} })
	c.AddCommand(r.serveCommand(), r.newCommand(), r.kindsCommand(), r.checkCommand(), r.generateCommand(), r.packCommand(),
		r.planCommand(), r.deployCommand(), r.destroyCommand(), r.runCommand(), r.callCommand(), r.logsCommand(), r.exportCommand(),
		r.sandboxCommand(), r.openapiCommand())
	return c
}

// usage marks an error of the command line itself.
type usage struct{ error }

func (r *run) finish(err error) int {
	if err == nil {
		return exitOK
	}
	if r.view.out == nil {
		r.view = newView(r)
	}
	var u usage
	if errors.As(err, &u) {
		r.view.failed(fault.New(fault.Invalid, "%s", u.Error()).Try("see `airloom --help`"))
		return exitUsage
	}
	f := fault.As(err)
	if errors.Is(err, context.Canceled) {
		f = fault.New(fault.Canceled, "interrupted")
	}
	r.view.failed(f)
	if errors.Is(err, errFindings) {
		return exitFindings
	}
	switch f.Code {
	case fault.Denied:
		return exitDenied
	case fault.Unavailable:
		return exitUnavailable
	case fault.Canceled:
		return exitCanceled
	}
	return exitFailed
}

var errFindings = errors.New("findings")

// open is `airloom [PROJECT]`: the window, or a word about why there is none.
func (r *run) open(cmd *cobra.Command, args []string) error {
	if ok, why := desktop.Available(); !ok {
		return fault.New(fault.Unavailable, "no window can be opened: %s", why).Try("run `airloom serve` and open the address that it prints")
	}
	return r.window(cmd.Context(), first(args))
}

// project opens the project that a command names; without a name, the one in the working folder.
func (r *run) project(ctx context.Context, path string) (*app.Session, error) {
	if path == "" {
		path = "."
	}
	return r.application().Open(ctx, path)
}

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

// withSandbox adds the --sandbox flag.
func (r *run) withSandbox(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&r.sandbox, "sandbox", app.DefaultSandbox, "the sandbox's name")
	return c
}

func args(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, got []string) error {
		if len(got) < n {
			return usage{fmt.Errorf("missing: %s", what)}
		}
		return nil
	}
}
