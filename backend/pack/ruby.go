package pack

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"

	"airloom/backend/fault"
)

// ruby packs the sources as they are, and under vendor/bundle, where Lambda looks for them, the gems that the Gemfile asks for.
// https://docs.aws.amazon.com/lambda/latest/dg/ruby-package.html
func ruby(ctx context.Context, j *job) error {
	u := j.unit
	stem, _, err := splitHandler(u)
	if err != nil {
		return err
	}
	if err := j.tree(u.Dir, "", true, func(rel string) bool { return rel == "vendor/bundle" }); err != nil {
		return err
	}
	var found bool
	for _, e := range j.entries {
		found = found || e.name == stem+".rb"
	}
	if !found {
		return fault.New(fault.NotFound, "the handler %s of %q has no source: there is no %s.rb in %s", u.Handler, u.Name, stem, u.Dir).
			At(u.Node).Try("Create %s.rb, or change the handler.", stem)
	}
	files, err := gemFiles(u.Dir)
	if err != nil || files["Gemfile"] == "" {
		return err
	}
	from := []string{u.Runtime, u.Arch, u.OS}
	for _, name := range gemNames {
		from = append(from, name, files[name])
	}
	gems, err := j.layer("bundle", from, func(dir string) error { return j.bundleInstall(ctx, dir, files) })
	if err != nil {
		return err
	}
	return j.tree(filepath.Join(gems, "vendor"), "vendor", false, func(rel string) bool {
		// Native extensions leave logs and makefiles with paths and times of this machine; the gems' archives are not needed.
		base := path.Base(rel)
		return base == "gem_make.out" || base == "mkmf.log" || base == "cache" && strings.Count(rel, "/") == 3
	})
}

var gemNames = []string{"Gemfile", "Gemfile.lock"}

func gemFiles(dir string) (map[string]string, error) {
	files := map[string]string{}
	for _, name := range gemNames {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !os.IsNotExist(err) {
			return nil, fault.Wrap(err, fault.Unavailable, "reading %s", name)
		}
		files[name] = string(data)
	}
	return files, nil
}

// bundleInstall installs the gems in a copy: the user's folder keeps its own settings.
func (j *job) bundleInstall(ctx context.Context, dir string, files map[string]string) error {
	u := j.unit
	env := []string{"BUNDLE_PATH=vendor/bundle", "BUNDLE_WITHOUT=development:test", "BUNDLE_GEMFILE=" + filepath.Join(dir, "Gemfile"),
		"BUNDLE_APP_CONFIG=" + filepath.Join(dir, ".bundle"), "BUNDLE_DISABLE_VERSION_CHECK=true"}
	for name, text := range files {
		if text == "" {
			continue
		}
		if name == "Gemfile.lock" {
			env = append(env, "BUNDLE_DEPLOYMENT=true") // exactly what is locked
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return fault.Wrap(err, fault.Unavailable, "copying %s", name).At(u.Node)
		}
	}
	j.log("installing the Gemfile of %s with bundler", u.Name)
	out, err := j.tool(ctx, Cmd{Dir: dir, Args: []string{"bundle", "install", "--quiet"}, Env: env}, "installing the gems of "+u.Name)
	if err != nil && unreachable.Match(out) {
		return fault.Wrap(err, fault.Unavailable, "the Gemfile of %q asks for gems, and bundler does not reach their server", u.Name).At(u.Node).
			Try("Connect, or vendor the gems yourself and remove the Gemfile.")
	}
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "vendor"), 0o755) // a Gemfile may ask for nothing
	}
	return err
}
