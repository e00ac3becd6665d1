package pack_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestSecretsLeftOut: credentials, keys, history and the tools' own folders stay out of the zip, and each is listed; what only
// looks like them stays in.
func TestSecretsLeftOut(t *testing.T) {
	key := "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n"
	certificate := "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
	unwanted := map[string]string{
		".env": "SECRET=canary", ".env.production": "SECRET=canary", "config/.ENV.local": "SECRET=canary", ".envrc": "export SECRET=canary", ".npmrc": "//r/:_authToken=canary",
		".netrc": "canary", ".pypirc": "canary", ".git-credentials": "canary", "id_rsa": "canary", "keys/id_ed25519": "canary",
		"server.key": "canary", "server.pem": key, "both.pem": certificate + key, "unclear.pem": "canary", "store.p12": "canary", "store.pfx": "canary",
		"store.jks": "canary", "store.keystore": "canary", "passwords.kdbx": "canary", "putty.ppk": "canary", "app.py~": "canary", ".app.py.swp": "canary",
		".DS_Store": "canary",
	}
	folders := []string{".git", ".hg", ".svn", ".aws", ".ssh", ".gnupg", ".idea", ".vscode", ".airloom", "lib/.git", "node_modules/.cache", ".env.d"}
	wanted := map[string]string{
		"app.py": "", "bundle.pem": certificate, "keyboard.py": "", "environment.py": "", "env.json": "", "monkey.py": "", "id_rsa.pub": "public", ".gitignore": "", "cache/x": "",
		".github/x": "", "node_modules/x/index.js": "",
	}
	u := function(t, "python3.13", "app.handler", unwanted)
	write(t, u.Dir, wanted)
	var want []string
	for name := range unwanted {
		want = append(want, name)
	}
	for _, folder := range folders {
		write(t, u.Dir, map[string]string{folder + "/x": "canary"})
		want = append(want, folder+"/")
	}
	slices.Sort(want)
	a := must(t, packer(t), u)
	if !slices.Equal(a.LeftOut, want) {
		t.Errorf("left out: %q\n      want: %q", a.LeftOut, want)
	}
	names := files(t, a)
	for name := range wanted {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range names {
		if strings.Contains(text(t, a, name), "canary") {
			t.Errorf("%s carries a secret", name)
		}
	}
}

// TestLinks: a link is followed within the function's folder; one that leads out of it, nowhere, or back, is left out,
// listed, and told.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need privileges there")
	}
	u := function(t, "python3.13", "app.handler", map[string]string{"app.py": "", "real/x.py": "inside"})
	write(t, filepath.Dir(u.Dir), map[string]string{"secret/x": "canary", "secret.txt": "canary"})
	for name, target := range map[string]string{
		"in.py": "real/x.py", "folder": "real", "out.txt": "../secret.txt", "out": "../secret", "absolute": filepath.Join(filepath.Dir(u.Dir), "secret.txt"),
		"nowhere": "gone", "real/back": "..", "disguise": "real/../../secret.txt", "host": "/etc/passwd", "self": "self",
	} {
		if err := os.Symlink(target, filepath.Join(u.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	a := must(t, packer(t), u)
	if got := files(t, a); !slices.Equal(got, []string{"app.py", "folder/x.py", "in.py", "real/x.py"}) {
		t.Errorf("the zip holds %q", got)
	}
	if got := text(t, a, "in.py"); got != "inside" {
		t.Errorf("in.py is %q", got)
	}
	if want := []string{"absolute", "disguise", "folder/back", "host", "nowhere", "out", "out.txt", "real/back", "self"}; !slices.Equal(a.LeftOut, want) {
		t.Errorf("left out: %q", a.LeftOut)
	}
	if len(a.Warnings) != len(a.LeftOut) {
		t.Errorf("warnings: %q", a.Warnings)
	}
	for _, f := range open(t, a).File {
		if !f.Mode().IsRegular() {
			t.Errorf("%s is %v", f.Name, f.Mode())
		}
	}
}

// TestSpecialFiles: what is no file or folder (a pipe, a socket) is left out without being opened.
func TestSpecialFiles(t *testing.T) {
	u := function(t, "python3.13", "app.handler", map[string]string{"app.py": ""})
	pipe(t, filepath.Join(u.Dir, "pipe"))
	a := must(t, packer(t), u)
	if got := files(t, a); !slices.Equal(got, []string{"app.py"}) || !slices.Equal(a.LeftOut, []string{"pipe"}) {
		t.Errorf("the zip holds %q, left out: %q", got, a.LeftOut)
	}
}
