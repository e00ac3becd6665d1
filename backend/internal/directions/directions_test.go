package directions

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"sort"
	"strings"
	"testing"
)

// pkg is what `go list` says of one package.
type pkg struct {
	ImportPath string
	Imports    []string // named in its files
	Deps       []string // those and theirs, to the ground
}

// rule forbids packages below of to reach packages below never. A path matches a prefix that is the path itself or a
// folder of it.
type rule struct {
	why    string
	of     []string // who; empty: everybody
	except []string // who may
	never  []string // what
	// named looks only at what the files of a package name. The standard library is judged so: fmt reaches os for everybody.
	named bool
}

const here = "airloom/"

var (
	nouns    = []string{here + "backend/fault", here + "backend/event", here + "backend/design", here + "backend/cfn"}
	kinds    = []string{here + "backend/kind", here + "backend/catalog"}
	verbs    = []string{here + "backend/trial", here + "backend/generate", here + "backend/check", here + "backend/diagram", here + "backend/intake", here + "backend/pipeline"}
	adapters = []string{here + "backend/store", here + "backend/pack", here + "backend/sandbox/aws", here + "backend/sandbox/local"}
	doors    = []string{here + "app/cli", here + "app/web", here + "app/desktop"}
	sql      = []string{"database/sql", "modernc.org/sqlite"}
	sdk      = []string{"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"}
	world    = []string{"os", "syscall", "net", "net/http", "net/rpc", "net/smtp", "database/sql"}
)

var rules = []rule{
	{why: "the backend stands below the use cases", of: []string{here + "backend"}, never: []string{here + "app", "airloom"}},
	{why: "the use cases know no door", of: []string{here + "app"}, except: doors, never: doors},
	{why: "the use cases know neither window, terminal, SQL nor SDK", of: []string{here + "app"}, except: doors,
		never: join(sql, sdk, []string{"github.com/wailsapp/wails", "github.com/spf13/cobra", "golang.org/x/term", "github.com/charmbracelet"})},
	{why: "verbs know no use case and no adapter", of: verbs, never: join(adapters, doors)},
	{why: "kinds stand below the verbs", of: kinds, never: join(verbs, []string{here + "backend/sandbox"})},
	{why: "nouns stand below the kinds", of: nouns, never: join(kinds, verbs)},
	{why: "fault and event are the ground", of: []string{here + "backend/fault", here + "backend/event"}, never: []string{here + "backend/design", here + "backend/cfn"}},
	{why: "kinds are pure", of: kinds, never: world, named: true},
	{why: "nouns are pure", of: nouns, never: world, named: true},
	{why: "generating and checking are pure", of: []string{here + "backend/generate", here + "backend/check"}, never: world, named: true},
	{why: "only store opens SQLite", except: []string{here + "backend/store"}, never: sql, named: true},
	{why: "only sandbox/aws talks to AWS", except: []string{here + "backend/sandbox/aws"}, never: sdk, named: true},
	{why: "only the window knows wails", except: []string{here + "app/desktop"}, never: []string{"github.com/wailsapp/wails"}, named: true},
	{why: "adapters are wired in main.go", except: join(adapters, []string{"airloom"}), never: adapters, named: true},
}

// Each package reaches only what its place in the house allows.
func TestDirections(t *testing.T) {
	packages := list(t)
	for _, r := range rules {
		t.Run(strings.ReplaceAll(r.why, " ", "_"), func(t *testing.T) {
			for _, p := range packages {
				for _, found := range r.broken(p) {
					t.Errorf("%s reaches %s: %s", p.ImportPath, found, r.why)
				}
			}
		})
	}
}

// No kind imports another kind, and no adapter another adapter.
func TestSiblingsDoNotMeet(t *testing.T) {
	for _, p := range list(t) {
		for _, i := range p.Imports {
			a, isKind := kindFolder(p.ImportPath)
			b, ofKind := kindFolder(i)
			if isKind && ofKind && a != b {
				t.Errorf("the kind %s imports the kind %s: what they share belongs into backend/kind", a, b)
			}
			for _, x := range adapters {
				for _, y := range adapters {
					if x != y && below(p.ImportPath, x) && below(i, y) {
						t.Errorf("the adapter %s imports the adapter %s: they meet in main.go only", p.ImportPath, i)
					}
				}
			}
		}
	}
}

// The rules themselves can fail: each finds a package made to break it.
func TestRulesBite(t *testing.T) {
	for _, r := range rules {
		of := "airloom/backend/somebody"
		if len(r.of) > 0 {
			of = r.of[0]
		}
		guilty := pkg{ImportPath: of, Imports: r.never[:1], Deps: r.never[:1]}
		if len(r.broken(guilty)) != 1 {
			t.Errorf("%q does not see %s reaching %s", r.why, of, r.never[0])
		}
		if innocent := (pkg{ImportPath: of, Imports: []string{"strings"}, Deps: []string{"strings", "unsafe"}}); len(r.broken(innocent)) != 0 {
			t.Errorf("%q blames an innocent package", r.why)
		}
	}
}

func (r rule) broken(p pkg) []string {
	if len(r.of) > 0 && !belowAny(p.ImportPath, r.of) || belowAny(p.ImportPath, r.except) {
		return nil
	}
	reached := p.Deps
	if r.named {
		reached = p.Imports
	}
	var found []string
	for _, d := range reached {
		for _, n := range r.never {
			if below(d, n) {
				found = append(found, d)
			}
		}
	}
	sort.Strings(found)
	return found
}

func list(t *testing.T) []pkg {
	t.Helper()
	// -e: the program embeds the built interface, which need not be there to judge imports.
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = "../../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("read what go list says: %v", err)
		}
		all = append(all, p)
	}
	if len(all) < 5 {
		t.Fatalf("go list names %d packages: it does not look at the module", len(all))
	}
	return all
}

// kindFolder is the folder of the one kind a package belongs to: catalog/<family>/<kind>, or catalog/<kind>.
func kindFolder(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, here+"backend/catalog/")
	if !ok {
		return "", false
	}
	parts := strings.SplitN(rest, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/"), true
}

// below: path is prefix or in its folder. Two stand for themselves alone: net, whose net/url and net/netip only parse
// text, and airloom, the program.
func below(path, prefix string) bool {
	alone := prefix == "net" || prefix == "airloom"
	return path == prefix || !alone && strings.HasPrefix(path, prefix+"/")
}

func belowAny(path string, prefixes []string) bool {
	for _, p := range prefixes {
		if below(path, p) {
			return true
		}
	}
	return false
}

func join(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
