package pack

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"airloom/backend/fault"

	"github.com/evanw/esbuild/pkg/api"
)

var couldNotResolve = regexp.MustCompile(`^Could not resolve "([^"]+)"`)

// unresolved gives the package that esbuild did not find: "@scope/name" of "@scope/name/part". "" if the message is about
// something else, or about a file.
func unresolved(m api.Message) string {
	found := couldNotResolve.FindStringSubmatch(m.Text)
	if found == nil || strings.HasPrefix(found[1], ".") || filepath.IsAbs(found[1]) {
		return ""
	}
	parts := strings.SplitN(found[1], "/", 3)
	if strings.HasPrefix(found[1], "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// missingPackages gives the folder in which to install packages, if a package.json asks for one that was not found.
func missingPackages(u Unit, messages []api.Message) string {
	for _, m := range messages {
		name := unresolved(m)
		if name == "" || m.Location == nil {
			continue
		}
		for dir := range parents(filepath.Dir(filepath.Join(u.Root, m.Location.File))) {
			data, err := os.ReadFile(filepath.Join(dir, "package.json"))
			if err != nil {
				continue
			}
			var pkg struct{ Dependencies, DevDependencies, OptionalDependencies map[string]string }
			if json.Unmarshal(data, &pkg) != nil {
				continue
			}
			_, a := pkg.Dependencies[name]
			_, b := pkg.DevDependencies[name]
			_, c := pkg.OptionalDependencies[name]
			if a || b || c {
				return lockFolder(dir)
			}
		}
	}
	return ""
}

// locks are the lock files, and whose they are.
var locks = []struct{ file, tool string }{
	{"package-lock.json", "npm"}, {"npm-shrinkwrap.json", "npm"},
	{"pnpm-lock.yaml", "pnpm"}, {"yarn.lock", "yarn"}, {"bun.lock", "bun"}, {"bun.lockb", "bun"},
}

// lockFolder is the folder of a package, or that of the workspace above it that holds its lock file.
func lockFolder(pkg string) string {
	for dir := range parents(pkg) {
		if tool, _ := lockedBy(dir); tool != "" {
			return dir
		}
	}
	return pkg
}

func lockedBy(dir string) (tool, file string) {
	for _, l := range locks {
		if _, err := os.Stat(filepath.Join(dir, l.file)); err == nil {
			return l.tool, l.file
		}
	}
	return "", ""
}

var unreachable = regexp.MustCompile(`ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network request|` +
	`Temporary failure in name resolution|Failed to establish a new connection|Could not reach host|dial tcp|Connection refused`)

// npmInstall installs what a package.json asks for, once per folder and run: exactly the locked versions where there is
// a lock file, and never running the packages' own scripts.
func (j *job) npmInstall(ctx context.Context, folder string) error {
	u := j.unit
	return j.run.sole("npm "+folder, func() error {
		tool, file := lockedBy(folder)
		if tool != "" && tool != "npm" {
			return fault.New(fault.Unavailable, "the packages of %s are not installed", folder).At(u.Node).
				Try("%s belongs to %s: run `%s install` there.", file, tool, tool)
		}
		// One short retry: without a network npm's own patience is two minutes.
		args := []string{"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"}
		if tool == "" {
			args[1] = "install"
		}
		j.log("packages are missing in %s: running npm %s --ignore-scripts", folder, args[1])
		out, err := j.tool(ctx, Cmd{Dir: folder, Args: args}, "installing the packages of "+folder)
		if err != nil && unreachable.Match(out) {
			return fault.Wrap(err, fault.Unavailable, "the packages of %s are missing, and npm does not reach its registry", folder).At(u.Node).
				Try("Connect, or run npm %s --ignore-scripts in %s when you are.", args[1], folder)
		}
		return err
	})
}
