package desktop

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"airloom/backend/fault"
)

// What a deployment gave is https anywhere, or this machine; what reaches here has been compared with the deployment already.
func TestBrowseDeployedRefuses(t *testing.T) {
	for _, good := range []string{"https://abc.execute-api.eu-central-1.amazonaws.com/orders?x=1", "http://127.0.0.1:4711/", "http://[::1]:4711/a",
		"http://localhost:4711/", "http://web.localhost:4711/"} {
		if got, err := deployed(good); err != nil || got != good {
			t.Errorf("deployed(%q) = %q, %v", good, got, err)
		}
	}
	for _, bad := range []string{"", "-flag", "http://", "http://example.org/", "http://127.0.0.1.example.org/", "http://localhost.example.org/",
		"http://169.254.169.254/latest", "http://10.0.0.1/", "https://user@docs.aws.amazon.com/", "http://user@127.0.0.1/", "file:///etc/passwd",
		"javascript:alert(1)", "ssh://127.0.0.1"} {
		if got, err := deployed(bad); err == nil {
			t.Errorf("deployed(%q) = %q, want a refusal", bad, got)
		}
	}
}

// Folders alone are shown: a file that is opened may run.
func TestRevealRefusesWhatIsNoFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "index.js")
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, bad := range []string{"", ".", "-flag", file, filepath.Join(dir, "gone"), "https://docs.aws.amazon.com/"} {
		if err := Reveal(bad); fault.CodeOf(err) != fault.Denied {
			t.Errorf("Reveal(%q): %v, want a refusal", bad, err)
		}
	}
	t.Setenv("PATH", dir)
	if err := Reveal(dir); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("without a file manager: %v", err)
	}
}

func TestCommands(t *testing.T) {
	for system, want := range map[string][]string{"linux": {"xdg-open", "/a"}, "freebsd": {"xdg-open", "/a"}, "darwin": {"open", "-R", "/a"}, "windows": {"explorer", "/a"}} {
		if got := revealer(system, "/a"); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", system, got, want)
		}
	}
	for system, want := range map[string][]string{"linux": {"xdg-open", "http://a"}, "darwin": {"open", "http://a"}, "windows": {"rundll32", "url.dll,FileProtocolHandler", "http://a"}} {
		if got := opener(system, "http://a"); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", system, got, want)
		}
	}
}
