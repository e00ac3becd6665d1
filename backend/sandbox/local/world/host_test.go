package world

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Background work starts when the world becomes live, and has ended when Down or Close returns.
func TestBackground(t *testing.T) {
	b := newBench(t, nil)
	one, two := queue("One"), queue("Two")
	b.Up(one)
	time.Sleep(2 * time.Millisecond)
	if b.count("One") != 0 {
		t.Fatal("something runs before the world is live")
	}
	b.Live()
	b.Up(two)
	b.until("both run", func() bool { return b.count("One") == 1 && b.count("Two") == 1 })
	b.Down(one)
	if b.count("One") != 0 {
		t.Fatal("work goes on after Down")
	}
	if _, ok := b.Find(one.ARN); ok {
		t.Fatal("what is down is found")
	}
	b.Up(kind.Instance{LogicalID: "P", Type: "T::Panics", PhysicalID: "p", Node: "p"})
	b.until("the panic is told", func() bool {
		return strings.Contains(b.log(), "p error the simulation of P (T::Panics) failed unexpectedly")
	})
	b.World.Close()
	if b.count("Two") != 0 {
		t.Fatal("work goes on after Close")
	}
}

// A replaced instance and its replacement have one address: the newer one answers, also when the older one goes.
func TestAddressOfAReplacement(t *testing.T) {
	b := newBench(t, nil)
	b.Live()
	page := func(id string) kind.Instance {
		return kind.Instance{LogicalID: "Page", Type: "T::Page", PhysicalID: id}
	}
	answers := func() string {
		res, err := http.Get(b.Address("Page"))
		if err != nil {
			return err.Error()
		}
		res.Body.Close()
		return fmt.Sprint(res.StatusCode, res.Header.Get("X-Page"))
	}
	b.Up(page("old"))
	b.Up(page("new"))
	if got := answers(); got != "200new" {
		t.Fatal(got)
	}
	b.Down(page("old"))
	if got := answers(); got != "200new" {
		t.Fatal(got)
	}
	b.Down(page("new"))
	if got := answers(); got != "503" {
		t.Fatal(got)
	}
	before := b.Address("Page")
	if err := b.Tidy(); err != nil {
		t.Fatal(err)
	}
	if _, err := http.Get(before); err == nil {
		t.Fatal("the port of what is gone is open")
	}
}

func TestTwoOfAKind(t *testing.T) {
	d := Deps{Simulations: []kind.Simulation{{Types: []kind.ResourceType{{Type: "T"}}}, {Types: []kind.ResourceType{{Type: "T"}}}}}
	if _, err := New(d); fault.CodeOf(err) != fault.Internal {
		t.Fatal(err)
	}
	d.Simulations = []kind.Simulation{{Services: []kind.Service{{Name: "s"}}}, {Services: []kind.Service{{Name: "s"}}}}
	if _, err := New(d); fault.CodeOf(err) != fault.Internal {
		t.Fatal(err)
	}
}
