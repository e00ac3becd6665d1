package local

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

const mostBuild = 10 * time.Minute

// build runs the site's own command. It is the project's code, to which the person has agreed; it sees what programs need to start
// and none of the person's credentials, and nothing of it stays.
func (s *Sandbox) build(ctx context.Context, site kind.Site, sink event.Sink) error {
	if !filepath.IsLocal(filepath.FromSlash(site.Source)) {
		return fault.New(fault.Invalid, "the folder %q lies outside of the project", site.Source)
	}
	sink(event.Event{Type: event.Step, Level: event.Info, Node: string(site.Node), Text: "build " + string(site.Node)})
	limit, cancel := context.WithTimeout(ctx, mostBuild)
	defer cancel()
	cmd := exec.CommandContext(limit, "sh", "-c", site.Build)
	cmd.Dir = filepath.Join(s.Project, filepath.FromSlash(site.Source))
	cmd.Env = []string{} // nil would be all of ours
	for _, name := range []string{"PATH", "HOME", "LANG", "TMPDIR", "USERPROFILE", "SystemRoot", "APPDATA", "TEMP"} {
		if v, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	cmd.WaitDelay = 2 * time.Second
	group(cmd)
	out, err := cmd.CombinedOutput()
	endGroup(cmd)
	switch {
	case ctx.Err() != nil:
		return fault.Wrap(ctx.Err(), fault.Canceled, "building %s", site.Node)
	case limit.Err() != nil:
		return fault.New(fault.Limit, "building %s takes longer than %s", site.Node, mostBuild)
	case err != nil:
		return fault.Wrap(err, fault.Invalid, "the build command of %s failed: %s", site.Node, lastLines(string(out))).Try("run it in %s", site.Source)
	}
	return nil
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], " | ")
}
