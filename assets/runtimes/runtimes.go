// Package runtimes holds the bootstraps that load a handler and serve it over Lambda's runtime API, one folder a runtime
// family. They stand where Lambda's own runtimes have theirs, and print, answer and fail as those do.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
package runtimes

import "embed"

// FS has the folders nodejs and python.
//
//go:embed nodejs/bootstrap.cjs python/bootstrap.py
var FS embed.FS
