package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"airloom/backend/fault"
)

func TestAsSaysEachThingOnce(t *testing.T) {
	e := fault.Wrap(errors.New("disk full"), fault.Unavailable, "not saved").At("shop").Try("free some space")
	for name, c := range map[string]struct {
		err           error
		message, code string
	}{
		"itself":      {e, "shop: not saved: disk full", "unavailable"},
		"joined":      {errors.Join(e, nil), "shop: not saved: disk full", "unavailable"},
		"joined two":  {errors.Join(e, errors.New("and more")), "shop: not saved: disk full\nand more", "unavailable"},
		"wrapped":     {fmt.Errorf("deploying: %w", e), "shop: deploying: shop: not saved: disk full", "unavailable"},
		"of no class": {errors.New("odd"), "odd", "internal"},
	} {
		got := fault.As(c.err)
		if got.Error() != c.message || string(got.Code) != c.code {
			t.Errorf("%s: %q (%s), want %q (%s)", name, got.Error(), got.Code, c.message, c.code)
		}
		if c.code != "internal" && got.Hint != "free some space" {
			t.Errorf("%s: the hint is lost", name)
		}
	}
	if fault.As(nil) != nil || fault.CodeOf(nil) != "" {
		t.Error("nil became an error")
	}
}

func TestFindingsComeInOrder(t *testing.T) {
	a := fault.Finding{Severity: fault.Blocking, Node: "z"}
	b := fault.Finding{Severity: fault.Warning, Node: "a"}
	c := fault.Finding{Severity: fault.Note, Node: "a"}
	if fault.Compare(a, b) >= 0 || fault.Compare(b, c) >= 0 || fault.Compare(a, a) != 0 {
		t.Error("what blocks does not come first")
	}
}
