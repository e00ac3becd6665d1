//go:build desktop && !linux

package desktop

import (
	"context"
	"encoding/json"

	wailsruntime "github.com/wailsapp/wails/v2/pkg/runtime"
)

// Available: these systems always have a display.
func Available() (bool, string) { return true, "" }

// guard loads the page. The navigation guard is written for WebKitGTK only: on this system the page's own policy and the
// token stand alone (ARCHITECTURE says so; these windows are untested).
type guard struct {
	start    string
	external func(string) error
	log      func(string, ...any)
}

func (g *guard) install(ctx context.Context) {
	text, err := json.Marshal(g.start)
	if err != nil {
		g.log("window: %v", err)
		return
	}
	wailsruntime.WindowExecJS(ctx, "location.replace("+string(text)+")")
}

func (g *guard) mendSignals() {}

func confirm(ctx context.Context, title, text, ok string) (bool, error) {
	answer, err := wailsruntime.MessageDialog(ctx, wailsruntime.MessageDialogOptions{
		Type: wailsruntime.QuestionDialog, Title: title, Message: text,
		Buttons: []string{ok, "Cancel"}, DefaultButton: "Cancel", CancelButton: "Cancel",
	})
	return answer == ok || answer == "Yes", err // Windows has its own Yes and No
}
