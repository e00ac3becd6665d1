// Package starters holds the first code of a new function, one folder a starter: nodejs, typescript, python, go, shell. Each
// has the handler that a new function of its runtime has (index.handler, app.handler, bootstrap), and runs as it is.
package starters

import (
	"embed"
	"io/fs"
	"strings"
)

// The folder go is a package of this module, so that it is compiled and vetted with all others; a go.mod within would take it out of the
// embedded files. That is why its go.mod and go.sum end in .txt here.
//
//go:embed nodejs typescript python go shell
var files embed.FS

// For names the usual starter of a runtime, "" where there is none.
func For(runtime string) string {
	for family, starter := range map[string]string{"nodejs": "nodejs", "python": "python", "provided": "go"} {
		if strings.HasPrefix(runtime, family) {
			return starter
		}
	}
	return ""
}

// Files gives each file of a starter to write, under the name that it has in a function's source folder. An executable file is
// one named bootstrap.
func Files(starter string, write func(name string, text []byte) error) error {
	return fs.WalkDir(files, starter, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(p)
		if err != nil {
			return err
		}
		return write(strings.TrimSuffix(strings.TrimPrefix(p, starter+"/"), ".txt"), text)
	})
}
