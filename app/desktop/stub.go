//go:build !desktop

package desktop

import (
	"context"

	"airloom/backend/fault"
)

// Available says that this build has no window, and why.
func Available() (bool, string) {
	return false, "this build has no window (it is the command line; ./run builds the one with a window)"
}

// Run refuses: this build has no window.
func Run(context.Context, Options) error {
	_, why := Available()
	return fault.New(fault.Unsupported, "%s", why).Try("`airloom serve` shows the same interface in a browser")
}
