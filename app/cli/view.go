package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"airloom/backend/event"
	"airloom/backend/fault"
)

// view is the voice of the command line: for people, or as JSON lines.
type view struct {
	out, err io.Writer
	json     bool
	quiet    bool
	colour   bool
}

func newView(r *run) view {
	f, ok := r.Err.(*os.File)
	terminal := false
	if ok {
		info, err := f.Stat()
		terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return view{out: r.Out, err: r.Err, json: r.json, quiet: r.quiet, colour: terminal && r.Getenv("NO_COLOR") == ""}
}

// data prints a command's result: JSON, or what human prints.
func (v view) data(value any, human func(io.Writer)) error {
	if v.json {
		return json.NewEncoder(v.out).Encode(value)
	}
	var text strings.Builder
	human(&text)
	_, err := io.WriteString(v.out, text.String())
	return err
}

// table prints rows in columns.
func table(w io.Writer, rows ...[]string) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(t, strings.Join(r, "\t"))
	}
	_ = t.Flush() // w is a strings.Builder
}

// say is talk on standard error.
func (v view) say(format string, args ...any) {
	if !v.quiet && !v.json {
		fmt.Fprintln(v.err, clean(fmt.Sprintf(format, args...)))
	}
}

// event tells an event of a job.
func (v view) event(e event.Event) {
	if v.json {
		_ = json.NewEncoder(v.err).Encode(e)
		return
	}
	switch e.Type {
	case event.Tick, event.Done:
	case event.Log:
		v.log(e)
	case event.Resource:
		v.say("  %-28s %s %s", e.Data.Status, e.Data.LogicalID, e.Data.Reason)
	case event.Output:
		v.say("  %s  %s", e.Data.Name, e.Data.Value)
	case event.Warn:
		v.say("note: %s", e.Text)
	default:
		v.say("%s", e.Text)
	}
}

// log prints a line that a function wrote, under its node's name.
func (v view) log(e event.Event) {
	if v.json {
		_ = json.NewEncoder(v.out).Encode(e)
		return
	}
	fmt.Fprintf(v.out, "%s %s %s\n", e.Time.Format("15:04:05.000"), v.paint("36", "["+clean(e.Node)+"]"), clean(e.Text))
}

// failed tells an error: what, where, why, what to do.
func (v view) failed(f *fault.Error) {
	if v.json {
		_ = json.NewEncoder(v.err).Encode(map[string]any{"error": map[string]string{
			"code": string(f.Code), "message": f.Error(), "where": f.Where, "hint": f.Hint}})
		return
	}
	fmt.Fprintln(v.err, v.paint("31", "error: ")+clean(f.Error()))
	if f.Hint != "" {
		fmt.Fprintln(v.err, "  try: "+clean(f.Hint))
	}
}

func (v view) paint(code, s string) string {
	if !v.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// clean keeps a function's or a cloud's text from commanding the terminal: control characters are shown, not sent.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, s)
}

func findings(w io.Writer, fs []fault.Finding) {
	for _, f := range fs {
		where := f.Node
		if f.Field != "" {
			where += "." + f.Field
		}
		fmt.Fprintf(w, "%-8s %s: %s\n", f.Severity, clean(where), clean(f.Message))
		if f.Hint != "" {
			fmt.Fprintf(w, "         try: %s\n", clean(f.Hint))
		}
	}
}
