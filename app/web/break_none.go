//go:build !automation

package web

import "github.com/danielgtaylor/huma/v2"

// trials adds nothing: operations for tests are no part of what people run.
func trials(huma.API) {}
