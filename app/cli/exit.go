package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"airloom/backend/fault"
)

// Exit codes, as `airloom --help` tells them.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitFindings    = 3
	exitDenied      = 4
	exitUnavailable = 5
	exitInterrupted = 130 // as of SIGINT
	exitReaderGone  = 141 // as of SIGPIPE
)

// usage marks an error of the command line itself.
type usage struct {
	error
	command string // whose help tells more
}

// unsound is a drawing, or a plan, that must not be carried out as it stands.
type unsound struct {
	text     string
	findings []fault.Finding
	told     bool // the findings have been printed
}

func (u unsound) Error() string { return u.text }

// blocking is an error where some of the findings are blocking; text says how many in a sentence.
func blocking(fs []fault.Finding, told bool, text func(n int) string) error {
	u := unsound{told: told}
	for _, f := range fs {
		if f.Severity == fault.Blocking {
			u.findings = append(u.findings, f)
		}
	}
	if len(u.findings) == 0 {
		return nil
	}
	u.text = text(len(u.findings))
	return u
}

func found(n int) string { return plural(n, "blocking finding") }

// finish tells an error, and gives the exit code.
func (r *run) finish(err error) int {
	if err == nil {
		return exitOK
	}
	if r.view == nil { // the command line was wrong before any command began
		r.view = newView(r)
	}
	var wrong usage
	var u unsound
	switch {
	case errors.As(err, &wrong):
		r.view.failed(fault.New(fault.Invalid, "%s", wrong).Try("see `%s --help`", or(wrong.command, "airloom")), nil)
		return exitUsage
	case errors.As(err, &u):
		if !u.told {
			r.view.findings(u.findings)
		}
		r.view.failed(fault.New(fault.Invalid, "%s", u), u.findings)
		return exitFindings
	case errors.Is(err, context.Canceled):
		err = fault.New(fault.Canceled, "interrupted")
	}
	list := faults(err)
	for _, f := range list {
		r.view.failed(f, nil)
	}
	switch list[0].Code {
	case fault.Denied:
		return exitDenied
	case fault.Unavailable:
		return exitUnavailable
	case fault.Canceled:
		return exitInterrupted
	}
	return exitFailed
}

// faults are errors that were joined, one by one, so that each is told with what to do about it.
func faults(err error) []*fault.Error {
	var out []*fault.Error
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // of this very error, not of a cause
		var lines []string
		for _, e := range joined.Unwrap() {
			out, lines = append(out, faults(e)...), append(lines, e.Error())
		}
		if err.Error() == strings.Join(lines, "\n") {
			return out
		}
	}
	return []*fault.Error{fault.As(err)}
}

var errReaderGone = errors.New("nobody reads standard output any more")

// pipe notices that the reader of standard output has gone.
type pipe struct {
	to     io.Writer
	broken func()
}

func (p *pipe) Write(b []byte) (int, error) {
	n, err := p.to.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		p.broken()
	}
	return n, err
}

// upTo allows that many arguments at most, from allows that many at least.
func upTo(most int) cobra.PositionalArgs { return between(0, most, "") }

func between(least, most int, missing string) cobra.PositionalArgs {
	return func(c *cobra.Command, got []string) error {
		switch {
		case len(got) < least:
			return usage{fmt.Errorf("missing: %s", missing), c.CommandPath()}
		case len(got) > most:
			return usage{fmt.Errorf("%q is one argument too many", got[most]), c.CommandPath()}
		}
		return nil
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
