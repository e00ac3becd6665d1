// Airloom draws serverless systems and runs what it draws. This file wires the adapters to the use cases and hands over to
// the command line; without arguments that opens the window.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	dice "math/rand/v2"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"airloom/app"
	"airloom/app/cli"
	"airloom/backend/catalog"
	"airloom/backend/design"
	"airloom/backend/pack"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/aws"
	"airloom/backend/sandbox/local"
	"airloom/backend/store"
)

// version is set by the build (-ldflags -X main.version=…).
var version = "0.1.0-dev"

//go:embed all:frontend/dist
var dist embed.FS

//go:embed all:build/sdk/dist
var sdk embed.FS

//go:embed all:assets/samples
var assets embed.FS

func main() {
	var scratch string // the cache of who has no home
	code := cli.Run(os.Args[1:], cli.Deps{
		New: func() *app.App { return newApp(&scratch) }, Files: sub(dist, "frontend/dist"), Version: version, Home: home(), Token: rand.Text,
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv,
	})
	if scratch != "" {
		_ = os.RemoveAll(scratch) // what stays is in a temporary folder
	}
	os.Exit(code)
}

// newApp wires the application. Nothing outside is touched before it is needed.
func newApp(scratch *string) *app.App {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	packed := below(cache(), "pack")
	if packed == "" {
		var err error
		if *scratch, err = os.MkdirTemp("", "airloom-"); err != nil {
			log.Warn("there is no place to keep packed functions", "error", err)
		}
		packed = *scratch
	}
	packer := pack.New(pack.Deps{CacheDir: packed, Now: time.Now})
	projects := store.New(store.Deps{Now: time.Now, NewID: uuid.NewString, Who: who(), Snapshots: below(config(), "copies"),
		Log: func(format string, args ...any) { log.Warn(fmt.Sprintf(format, args...)) }})
	return app.New(app.Deps{
		Version: version, Shelf: catalog.Shelf(), Projects: files{projects}, Packer: packer.Project,
		Sandboxes: []app.SandboxType{{Type: "local", Open: openLocal}, {Type: "aws", Open: openAWS}},
		Samples:   sub(assets, "assets/samples"), Now: time.Now, Config: config(),
	})
}

// who is the name of the person at this machine, as their changes are signed; "" where the system does not tell.
func who() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return cmp.Or(u.Name, u.Username)
}

func openLocal(ctx context.Context, p app.Place) (sandbox.Sandbox, error) {
	s, err := local.Open(ctx, local.Deps{Name: p.Name, Stack: p.Stack, Project: p.Folder, Folder: filepath.Join(p.Folder, store.LocalDir, p.Name),
		Config: config(), Cache: cache(), Command: strings.Join(append([]string{"airloom"}, os.Args[1:min(2, len(os.Args))]...), " "),
		Shelf: catalog.Shelf(), SDK: sub(sdk, "build/sdk/dist")})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func openAWS(ctx context.Context, p app.Place) (sandbox.Sandbox, error) {
	s, err := aws.Open(ctx, aws.Deps{Name: p.Name, Project: p.Project, Stack: p.Stack, Folder: p.Folder, Config: p.Config,
		Now: time.Now, After: time.After, NewID: uuid.NewString, Jitter: dice.Float64})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// files shows the store as the use cases want it: a nil project is a nil interface.
type files struct{ *store.Store }

func (f files) Create(ctx context.Context, path string, d design.Design) (app.Project, error) {
	return project(f.Store.Create(ctx, path, d))
}

func (f files) Open(ctx context.Context, path string) (app.Project, error) {
	return project(f.Store.Open(ctx, path))
}

func project(p *store.Project, err error) (app.Project, error) {
	if err != nil {
		return nil, err
	}
	return p, nil
}

func sub(files fs.FS, dir string) fs.FS {
	out, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	return out
}

// config is the folder of what belongs to the user and not to a project, cache that of what can be made again, home that of new
// projects. For a user without a home folder the first two are "": a place of which others know the name is none for
// what one trusts.
func config() string { return folder(os.UserConfigDir) }

func cache() string { return folder(os.UserCacheDir) }

func folder(find func() (string, error)) string {
	dir, err := find()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "airloom")
}

func below(dir, name string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, name)
}

func home() string {
	if dir, err := os.UserHomeDir(); err == nil {
		return filepath.Join(dir, "airloom")
	}
	return os.TempDir()
}
