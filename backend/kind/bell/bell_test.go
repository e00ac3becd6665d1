package bell

import "testing"

func rung(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestBells(t *testing.T) {
	var b Bells
	b.Ring("a") // nobody waits, and nobody will be woken for it
	one, two, other := b.Wait("a"), b.Wait("a"), b.Wait("b")
	if rung(one) || rung(two) || rung(other) {
		t.Error("a bell has rung for nothing")
	}
	b.Ring("a")
	if !rung(one) || !rung(two) || rung(other) {
		t.Error("not all who wait are woken, or another")
	}
	if again := b.Wait("a"); rung(again) {
		t.Error("an old ring wakes who waits anew")
	}
}
