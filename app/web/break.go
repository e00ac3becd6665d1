//go:build automation

package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
)

// trials adds what only driven test builds have: an operation that follows a nil pointer, so that a test can see the window
// survive it.
func trials(api huma.API) {
	operation(api, "break", "Break on purpose", func(context.Context, none) (none, error) {
		var o *ops
		return none{}, o.App.Close()
	})
}
