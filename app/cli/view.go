package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// view is the voice of the command line: for people, or as JSON lines. It is safe for concurrent use.
type view struct {
	out, err             io.Writer
	json, quiet          bool
	colourOut, colourErr bool

	mu       sync.Mutex
	progress progress
}

func newView(r *run) *view {
	_, outTerminal := terminal(r.pipedOut())
	width, errTerminal := terminal(r.Err)
	plain := r.Getenv("TERM") == "dumb"
	colour := r.Getenv("NO_COLOR") == "" && !plain // https://no-color.org
	v := &view{out: r.Out, err: r.Err, json: r.json, quiet: r.quiet, colourOut: outTerminal && colour, colourErr: errTerminal && colour}
	if errTerminal && !plain && !r.json && !r.quiet {
		v.progress.width = cmp.Or(width, 80)
	}
	return v
}

// pipedOut is what stands behind the pipe around standard output.
func (r *run) pipedOut() io.Writer {
	if p, ok := r.Out.(*pipe); ok {
		return p.to
	}
	return r.Out
}

// terminal tells the width of the terminal that a stream is.
func terminal(stream any) (int, bool) {
	if f, ok := stream.(*os.File); ok {
		return columns(f)
	}
	return 0, false
}

// print writes to a stream, below whatever progress is shown.
func (v *view) print(w io.Writer, text string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	fmt.Fprint(v.err, v.progress.clear())
	_, err := io.WriteString(w, text)
	return err
}

func (v *view) encode(w io.Writer, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return v.print(w, string(text)+"\n")
}

// data prints a command's result: JSON, or what human prints.
func (v *view) data(value any, human func(io.Writer)) error {
	if v.json {
		return v.encode(v.out, value)
	}
	var text strings.Builder
	human(&text)
	return v.print(v.out, text.String())
}

// table prints rows in columns.
func table(w io.Writer, rows ...[]string) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(t, strings.TrimRight(clean(strings.Join(r, "\t")), "\t"))
	}
	_ = t.Flush() // w is a strings.Builder
}

// say is talk on standard error, which --quiet leaves out.
func (v *view) say(format string, args ...any) {
	if !v.quiet && !v.json {
		_ = v.print(v.err, clean(fmt.Sprintf(format, args...))+"\n") // nobody is left to tell
	}
}

// warn is talk that --quiet does not leave out: something to know, or one failure of several.
func (v *view) warn(e event.Event) {
	lead, text := v.paint(v.colourErr, "33", "note: "), e.Text
	if e.Level == event.Error {
		lead = v.paint(v.colourErr, "31", "error: ")
		if e.Node != "" && !strings.Contains(text, e.Node+": ") {
			text = e.Node + ": " + text
		}
	}
	v.tell(lead, text, e.Data.Hint)
}

func (v *view) tell(lead, text, hint string) {
	text = lead + clean(text) + "\n"
	if hint != "" {
		text += "  try: " + clean(hint) + "\n"
	}
	_ = v.print(v.err, text) // nobody is left to tell
}

// event tells an event of a job. On a terminal what is going on is one line that rewrites itself; elsewhere it is a line each.
func (v *view) event(e event.Event) {
	if v.json {
		if e.Time.IsZero() { // it belongs to no job that would have stamped it
			e.Time = time.Now()
		}
		if !v.quiet || e.Type == event.Warn {
			_ = v.encode(v.err, e)
		}
		return
	}
	switch e.Type {
	case event.Done, event.Output: // the command itself tells how it ended and what came of it
	case event.Log:
		v.log(e)
	case event.Warn:
		v.warn(e)
	case event.Tick:
		v.show(e.Text, e.Data.Progress)
	case event.Resource:
		text := strings.TrimSpace(e.Data.LogicalID + " " + e.Data.Status)
		switch {
		case e.Data.Reason != "":
			v.say("%s: %s", text, e.Data.Reason)
		case v.progress.width > 0:
			v.show(text, v.part(e.Data))
		case !strings.HasSuffix(e.Data.Status, "IN_PROGRESS"):
			v.say("%s", text)
		}
	default:
		switch text := strings.TrimSpace(e.Text + " " + e.Data.Reason); {
		case e.Node != "" || e.Level == event.Error || e.Level == event.Warning || v.progress.width == 0:
			v.say("%s", text)
		default:
			v.show(text, e.Data.Progress)
		}
	}
}

// show rewrites the line of progress, where there is one.
func (v *view) show(text string, part float64) {
	if v.progress.width == 0 {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	fmt.Fprint(v.err, v.progress.show(clean(text), part))
}

// log prints a line that a function wrote, under its node's name.
func (v *view) log(e event.Event) {
	if v.json {
		_ = v.encode(v.out, e)
		return
	}
	// A reader who has gone ends the command through the pipe.
	_ = v.print(v.out, fmt.Sprintf("%s %s %s\n", e.Time.Local().Format("15:04:05.000"), v.paint(v.colourOut, "36", "["+clean(e.Node)+"]"), clean(e.Text)))
}

// failed tells an error: what, where, why, what to do.
func (v *view) failed(f *fault.Error, findings []fault.Finding) {
	if v.json {
		told := map[string]any{"code": f.Code, "message": message(f)}
		for name, value := range map[string]string{"where": f.Where, "hint": f.Hint} {
			if value != "" {
				told[name] = value
			}
		}
		if len(findings) > 0 {
			told["findings"] = findings
		}
		_ = v.encode(v.err, map[string]any{"error": told})
		return
	}
	v.tell(v.paint(v.colourErr, "31", "error: "), f.Error(), f.Hint)
}

// message is an error without its place, the cause told in it.
func message(f *fault.Error) string {
	if f.Cause != nil {
		return f.Message + ": " + f.Cause.Error()
	}
	return f.Message
}

func (v *view) paint(colour bool, code, s string) string {
	if !colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// findings tells findings on standard error; as JSON they are part of the error.
func (v *view) findings(fs []fault.Finding) {
	if v.json {
		return
	}
	var text strings.Builder
	findings(&text, fs)
	_ = v.print(v.err, text.String())
}

func findings(w io.Writer, fs []fault.Finding) {
	for _, f := range fs {
		where := f.Node
		if f.Field != "" {
			where += "." + f.Field
		}
		if where != "" {
			where += ": "
		}
		fmt.Fprintf(w, "%-8s %s%s\n", f.Severity, clean(where), clean(f.Message))
		if f.Hint != "" {
			fmt.Fprintf(w, "         try: %s\n", clean(f.Hint))
		}
	}
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

// expect says what is going to change, so that progress knows how far it is.
func (v *view) expect(changes []sandbox.Change) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.progress.settled, v.progress.total = nil, 0
	for _, c := range changes {
		if c.Action != sandbox.Keep {
			v.progress.total++
		}
	}
}

// part is how much is done once a resource has changed its state.
func (v *view) part(d event.Data) float64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.progress.count(d)
}
