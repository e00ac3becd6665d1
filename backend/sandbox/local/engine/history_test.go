package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// attempt runs something that may be killed by the disk, and tells whether it was.
func attempt(do func() error) (died bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(killed); !ok {
				panic(p)
			}
			died = true
		}
	}()
	return false, do()
}

// A process killed before any of its writes is continued: by the same deployment, by going back, or by destroying; and
// nothing is left over.
func TestKilledAtEveryWrite(t *testing.T) {
	next := strings.NewReplacer("Size: 1,", "Size: 2,", "Name: fixed", "Name: other", "Size: 5", "Size: 6", "Outputs:", "  D: {Type: Test::Data, Properties: {From: !Ref A}}\nOutputs:").Replace(three)
	next = strings.Replace(next, "  D:", "  E: {Type: Test::Thing}\n  D:", 1)
	small := "  A: {Type: Test::Thing, Properties: {Size: 7}}"
	for _, fails := range []string{"", "update A"} {
		for _, then := range []string{"next", "back", "small", "destroy"} {
			for _, from := range []string{"", three} {
				for die := 1; ; die++ {
					b := newBench(t)
					if from != "" {
						b.must(b.apply(b.engine(), from))
					}
					first := fails != ""
					b.cloud.break_ = func(s string) error {
						if s == fails && first {
							first = false
							return errors.New("the disk is full")
						}
						return nil
					}
					b.disk.die = b.disk.writes + die
					died, _ := attempt(func() error { return b.apply(b.engine(), next) })
					b.disk.die, b.cloud.break_ = 0, nil
					if !died {
						if die < 10 {
							t.Fatalf("only %d writes", die)
						}
						break
					}
					e := b.engine()
					switch then {
					case "next":
						b.must(b.apply(e, next))
					case "back":
						b.must(b.apply(e, three))
					case "small":
						b.must(b.apply(e, small))
					default:
						b.must(e.Destroy(context.Background(), false, b.sink))
					}
					b.consistent(e)
					want := map[string]int{"next": 5, "back": 3, "small": 1, "destroy": 0}[then]
					if len(b.cloud.things) != want {
						t.Errorf("killed at write %d from %q, then %s: %d things, want %d: %v", die, from, then, len(b.cloud.things), want, b.cloud.things)
					}
					if b.Failed() {
						t.Fatalf("killed at write %d from %q, failing %q, then %s", die, from, fails, then)
					}
				}
			}
		}
	}
}

// Whatever templates come and whatever fails: a success gives exactly the template, a failure exactly what was before.
func TestRandomHistories(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 3))
		b := newBench(t)
		e := b.engine()
		for step := range 6 {
			var y strings.Builder
			ids := "ABCDEF"
			n := 0
			for i, id := range ids {
				if r.IntN(3) == 0 {
					continue
				}
				n++
				fmt.Fprintf(&y, "  %c:\n    Type: Test::%s\n    Properties:\n      Size: %d\n", id, []string{"Thing", "Data"}[r.IntN(8)/7], r.IntN(3))
				if r.IntN(3) == 0 {
					fmt.Fprintf(&y, "      Name: %c%d\n", id, r.IntN(3))
				}
				for _, dep := range ids[:i] {
					if strings.Contains(y.String(), fmt.Sprintf("  %c:\n", dep)) && r.IntN(3) == 0 {
						fmt.Fprintf(&y, "      From: !Ref %c\n", dep)
						break
					}
				}
			}
			if n == 0 {
				continue
			}
			left := -1
			if r.IntN(2) == 0 {
				left = r.IntN(6)
			}
			b.cloud.break_ = func(op string) error {
				if left--; left == -1 && !strings.HasPrefix(op, "delete") {
					return errors.New("the disk is full")
				}
				return nil
			}
			before := fmt.Sprint(b.cloud.things)
			err := b.apply(e, y.String())
			b.cloud.break_ = nil
			b.consistent(e)
			if err != nil && e.Head().Status != "UPDATE_ROLLBACK_FAILED" { // a name was taken, and then the disk was full
				b.same("restored", fmt.Sprint(b.cloud.things), before)
			} else if err == nil && len(b.cloud.things) != n {
				t.Errorf("%d things, want %d", len(b.cloud.things), n)
			}
			if b.Failed() {
				t.Fatalf("seed %d, step %d: %v\n%s\n%s", seed, step, err, y.String(), strings.Join(b.events, "\n"))
			}
			if r.IntN(3) == 0 {
				e = b.engine()
			}
		}
		b.must(e.Destroy(context.Background(), false, b.sink))
		b.same("left over", b.cloud.things, map[string]string{})
	}
}
