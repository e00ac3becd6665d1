package directions

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// path is a file or folder of the repository, as documents name it: in backquotes, from the root.
var path = regexp.MustCompile("`((?:app|assets|backend|build|frontend)/[A-Za-z0-9_./-]+)`")

// What the documents name is there: a folder that moves takes their lines with it.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	root := filepath.FromSlash("../../..")
	named := 0
	for _, document := range []string{"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md"} {
		text, err := os.ReadFile(filepath.Join(root, document))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range path.FindAllStringSubmatch(string(text), -1) {
			named++
			made := strings.Contains(m[1], "/dist") || strings.HasPrefix(m[1], "build/out") // by building
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(m[1]))); err != nil && !made {
				t.Errorf("%s names %s, which is not there", document, m[1])
			}
		}
	}
	if named < 30 {
		t.Errorf("only %d paths were looked at", named)
	}
}
