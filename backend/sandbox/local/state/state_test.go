package state

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox/local/engine"
)

func open_(t testing.TB, dir string) *Folder {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// A namespace behaves as an ordered map, for any sequence of changes and any way to look at it.
func TestSpaceIsAnOrderedMap(t *testing.T) {
	f := open_(t, t.TempDir())
	key := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 'a', 'b', 0xff}), 1, 4)
	prefix := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 'a', 'b', 0xff}), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		s := f.Space("model")
		model := map[string]string{}
		if err := s.Update(func(tx kind.Tx) error { return tx.DeletePrefix(nil) }); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 6).Draw(t, "transactions") {
			next := maps.Clone(model)
			fail := rapid.Bool().Draw(t, "fail")
			err := s.Update(func(tx kind.Tx) error {
				for range rapid.IntRange(1, 6).Draw(t, "changes") {
					k := key.Draw(t, "key")
					switch rapid.IntRange(0, 4).Draw(t, "op") {
					case 0:
						if err := tx.Delete(k); err != nil {
							return err
						}
						delete(next, string(k))
					case 1:
						p := prefix.Draw(t, "prefix")
						if err := tx.DeletePrefix(p); err != nil {
							return err
						}
						maps.DeleteFunc(next, func(k, _ string) bool { return strings.HasPrefix(k, string(p)) })
					default:
						v := rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "value")
						if err := tx.Put(k, v); err != nil {
							return err
						}
						next[string(k)] = string(v)
						for i := range k {
							k[i] = 'z' // the caller may use its slice again
						}
					}
				}
				if fail {
					return errUndo
				}
				return nil
			})
			if fail != (err == errUndo) {
				t.Fatal(err)
			}
			if !fail {
				model = next
			}
		}
		p, from := prefix.Draw(t, "prefix"), []byte(nil)
		if rapid.Bool().Draw(t, "has from") {
			from = key.Draw(t, "from")
		}
		var up, down, wantUp, wantDown []string
		for _, k := range slices.Sorted(maps.Keys(model)) {
			if strings.HasPrefix(k, string(p)) && k >= string(from) {
				wantUp = append(wantUp, k+"="+model[k])
			}
		}
		for _, k := range slices.Backward(slices.Sorted(maps.Keys(model))) {
			if strings.HasPrefix(k, string(p)) && (from == nil || k <= string(from)) {
				wantDown = append(wantDown, k+"="+model[k])
			}
		}
		if err := s.View(func(tx kind.Tx) error {
			tx.Scan(p, from, func(k, v []byte) bool { up = append(up, string(k)+"="+string(v)); return true })
			tx.Reverse(p, from, func(k, v []byte) bool { down = append(down, string(k)+"="+string(v)); return true })
			for k, v := range model {
				if got := tx.Get([]byte(k)); got == nil || string(got) != v {
					t.Fatalf("%q is %q, not %q", k, got, v)
				}
			}
			if tx.Get([]byte("absent")) != nil {
				t.Fatal("what is absent is there")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(up, wantUp) || !slices.Equal(down, wantDown) {
			t.Fatalf("prefix %q from %q: up %q, want %q; down %q, want %q", p, from, up, wantUp, down, wantDown)
		}
	})
}

var errUndo = errors.New("undo")

func TestScanStops(t *testing.T) {
	s := open_(t, t.TempDir()).Space("x")
	if err := s.Update(func(tx kind.Tx) error {
		return errors.Join(tx.Put([]byte("a"), nil), tx.Put([]byte("b"), nil), tx.Put([]byte("c"), nil))
	}); err != nil {
		t.Fatal(err)
	}
	var seen []byte
	_ = s.View(func(tx kind.Tx) error {
		tx.Scan(nil, nil, func(k, _ []byte) bool { seen = append(seen, k...); return len(seen) < 2 })
		tx.Reverse(nil, nil, func(k, _ []byte) bool { seen = append(seen, k...); return len(seen) < 3 })
		if v := tx.Get([]byte("a")); v == nil {
			t.Error("an empty value is no value")
		}
		return nil
	})
	if string(seen) != "abc" {
		t.Fatalf("visited %s", seen)
	}
}

// Namespaces do not wait for one another: a change of one within a change of the other goes through.
func TestNamespacesAreApart(t *testing.T) {
	dir := t.TempDir()
	f := open_(t, dir)
	put := func(tx kind.Tx) error { return tx.Put([]byte("k"), []byte("v")) }
	err := f.Space("one").Update(func(tx kind.Tx) error {
		if err := f.Space("two").Update(put); err != nil {
			return err
		}
		return f.Set("section", "k", 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Space("../x").Update(put); fault.CodeOf(err) != fault.Internal {
		t.Fatalf("a namespace that leads out of the folder: %v", err)
	}
	if err := f.Space("state").Update(put); fault.CodeOf(err) != fault.Internal {
		t.Fatalf("the main file as a namespace: %v", err)
	}
}

func TestHeldByOne(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	f := open_(t, dir)
	if _, err := Open(dir); err != ErrHeld {
		t.Fatalf("held twice: %v", err)
	}
	if err := f.Set("s", "k", "v"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open_(t, dir)
	var v string
	if ok, err := f.Get("s", "k", &v); !ok || err != nil || v != "v" {
		t.Fatalf("%v %v %q", ok, err, v)
	}
	if ok, err := f.Get("s", "other", &v); ok || err != nil {
		t.Fatalf("%v %v", ok, err)
	}
	if err := f.Set("s", "k", nil); err != nil {
		t.Fatal(err)
	}
	if ok, _ := f.Get("s", "k", &v); ok {
		t.Fatal("a removed setting is there")
	}
}

func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, mainFile), bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); fault.CodeOf(err) != fault.Invalid || fault.As(err).Hint == "" {
		t.Fatalf("a file that is no store: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(file, "x")); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("a folder that cannot be made: %v", err)
	}
}

func TestStackAndReaddress(t *testing.T) {
	f := open_(t, t.TempDir())
	s := f.Stack()
	if head, records, err := s.Load(); err != nil || head.Status != "" || len(records) != 0 {
		t.Fatalf("%+v %v %v", head, records, err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SaveHead(engine.Head{ID: "x", Status: "CREATE_COMPLETE", Outputs: map[string]string{"Queue": "http://127.0.0.1:4000/q", "Other": "http://127.0.0.1:40001/"}}))
	must(s.Put(engine.Record{Key: "A.1", Instance: kind.Instance{PhysicalID: "http://127.0.0.1:4000/q", Properties: map[string]any{"Text": "port 4000 of example.com:4000", "Host": "localhost:4000"}}}))
	must(s.Put(engine.Record{Key: "B.2"}))
	must(s.Drop("B.2"))
	must(s.Drop("C.3"))
	must(f.Readdress(4000, 5000))
	head, records, err := s.Load()
	must(err)
	if head.Outputs["Queue"] != "http://127.0.0.1:5000/q" || head.Outputs["Other"] != "http://127.0.0.1:40001/" {
		t.Fatalf("%v", head.Outputs)
	}
	if len(records) != 1 {
		t.Fatalf("%d records", len(records))
	}
	in := records[0].Instance
	if in.PhysicalID != "http://127.0.0.1:5000/q" || in.Properties["Host"] != "localhost:5000" || in.Properties["Text"] != "port 4000 of example.com:4000" {
		t.Fatalf("%+v", in)
	}
}

func BenchmarkUpdate(b *testing.B) {
	s := open_(b, b.TempDir()).Space("x")
	for b.Loop() {
		if err := s.Update(func(tx kind.Tx) error { return tx.Put([]byte("k"), []byte("v")) }); err != nil {
			b.Fatal(err)
		}
	}
}
