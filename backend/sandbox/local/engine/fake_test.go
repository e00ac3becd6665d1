package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// cloud is where the fake resource types keep what they make: it survives the engine, as a disk does.
type cloud struct {
	kind.World
	things map[string]string // physical id → what it was made of
	ops    []string
	ids    int
	break_ func(op string) error // nil: nothing fails
	live   map[string]string     // what the host runs, physical id → properties
}

func newCloud() *cloud {
	return &cloud{things: map[string]string{}, live: map[string]string{}}
}

func (c *cloud) Region() string  { return "eu-west-1" }
func (c *cloud) Account() string { return "000000000000" }
func (c *cloud) Stack() string   { return "shop" }
func (c *cloud) Now() time.Time  { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
func (c *cloud) ARN(service, resource string) string {
	return "arn:aws:" + service + ":eu-west-1:000000000000:" + resource
}
func (c *cloud) NewID() string {
	c.ids++
	return fmt.Sprintf("%08d-0000-4000-8000-%012d", c.ids, c.ids)
}

func (c *cloud) op(format string, args ...any) error {
	s := fmt.Sprintf(format, args...)
	c.ops = append(c.ops, s)
	if c.break_ != nil {
		return c.break_(s)
	}
	return nil
}

func printed(props map[string]any) string { return string(cfn.PrintValue(any(props))) }

// types are a thing with everything, and one that keeps data.
func (c *cloud) types() map[string]kind.ResourceType {
	thing := kind.ResourceType{
		Type:       "Test::Thing",
		Properties: []string{"Name", "Size", "From", "Code.Key", "Rules.To", "Bad", "List"},
		Ignored:    []string{"Tags"},
		Replace:    []string{"Name", "Rules.To"},
		Replaces: func(old, new map[string]any) string { // a list may grow, not shrink
			was, _ := old["List"].([]any)
			if is, _ := new["List"].([]any); len(is) < len(was) {
				return "List"
			}
			return ""
		},
		Check: func(props map[string]any) error {
			if props["Bad"] == true {
				return fault.New(fault.Unsupported, "bad things are not simulated").At("Bad")
			}
			return nil
		},
		Create: func(ctx context.Context, _ kind.World, in kind.Instance) (kind.Instance, error) {
			if name, _ := in.Properties["Name"].(string); name != "" {
				in.PhysicalID = name
			}
			if err := c.op("create %s", in.LogicalID); err != nil {
				return in, err
			}
			if c.things[in.PhysicalID] != "" {
				return in, fault.New(fault.Conflict, "%s already exists", in.PhysicalID)
			}
			c.things[in.PhysicalID] = printed(in.Properties)
			in.ARN = "arn:" + in.PhysicalID
			in.Attributes = map[string]any{"Size": in.Properties["Size"]}
			return in, ctx.Err()
		},
		Update: func(_ context.Context, _ kind.World, old, next kind.Instance) (kind.Instance, error) {
			if err := c.op("update %s", next.LogicalID); err != nil {
				return next, err
			}
			if c.things[next.PhysicalID] == "" {
				return next, fmt.Errorf("%s is gone", next.PhysicalID)
			}
			c.things[next.PhysicalID] = printed(next.Properties)
			next.Attributes = map[string]any{"Size": next.Properties["Size"]}
			return next, nil
		},
		Delete: func(_ context.Context, _ kind.World, in kind.Instance) error {
			if err := c.op("delete %s", in.LogicalID); err != nil {
				return err
			}
			if name, _ := in.Properties["Name"].(string); name != "" && in.ARN == "" {
				in.PhysicalID = name
			}
			delete(c.things, in.PhysicalID)
			return nil
		},
	}
	data := thing
	data.Type, data.Stateful = "Test::Data", true
	return map[string]kind.ResourceType{thing.Type: thing, data.Type: data}
}

func (c *cloud) Up(in kind.Instance) { c.live[in.PhysicalID] = printed(in.Properties) }
func (c *cloud) Down(in kind.Instance) {
	delete(c.live, in.PhysicalID)
}

// disk is a Store that can die: from the write number die on, nothing is written any more.
type disk struct {
	head    []byte
	records map[string][]byte
	writes  int
	die     int
}

type killed struct{}

func newDisk() *disk { return &disk{records: map[string][]byte{}} }

func (d *disk) write() {
	d.writes++
	if d.die > 0 && d.writes >= d.die {
		panic(killed{})
	}
}

func (d *disk) Load() (h Head, records []Record, err error) {
	if d.head != nil {
		err = json.Unmarshal(d.head, &h)
	}
	for _, k := range slices.Sorted(maps.Keys(d.records)) {
		var r Record
		if e := json.Unmarshal(d.records[k], &r); e != nil {
			err = e
		}
		records = append(records, r)
	}
	return h, records, err
}

func (d *disk) SaveHead(h Head) (err error) {
	d.write()
	d.head, err = json.Marshal(h)
	return err
}

func (d *disk) Put(r Record) (err error) {
	d.write()
	d.records[r.Key], err = json.Marshal(r)
	return err
}

func (d *disk) Drop(key string) error {
	d.write()
	delete(d.records, key)
	return nil
}

// bench is one sandbox under test.
type bench struct {
	*testing.T
	cloud  *cloud
	disk   *disk
	events []string
}

func newBench(t *testing.T) *bench { return &bench{T: t, cloud: newCloud(), disk: newDisk()} }

// engine is a process that has just started.
func (b *bench) engine() *Engine {
	b.Helper()
	e, err := New(Deps{Types: b.cloud.types(), World: b.cloud, Store: b.disk, Host: b.cloud,
		Dynamic: func(service, reference string) (string, error) { return "<" + service + " " + reference + ">", nil }})
	if err != nil {
		b.Fatal(err)
	}
	b.cloud.live = map[string]string{}
	if err := e.Start(); err != nil {
		b.Fatal(err)
	}
	return e
}

func (b *bench) sink(ev event.Event) {
	line := string(ev.Type) + " " + ev.Text
	if ev.Node != "" {
		line += " @" + ev.Node
	}
	b.events = append(b.events, line)
}

func (b *bench) input(yaml string) Input {
	b.Helper()
	if !strings.Contains(yaml, "Resources:") {
		yaml = "Resources:\n" + yaml
	}
	t, err := cfn.Parse([]byte(yaml))
	if err != nil {
		b.Fatal(err)
	}
	trace := map[string]design.ID{}
	for id := range t.Resources {
		trace[id] = design.ID("node-" + strings.ToLower(id))
	}
	return Input{Template: t, Trace: trace, Bundle: "digest"}
}

func (b *bench) apply(e *Engine, yaml string) error {
	b.Helper()
	b.cloud.ops, b.events = nil, nil
	return e.Apply(context.Background(), b.input(yaml), b.sink)
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) same(what string, got, want any) {
	b.Helper()
	g, w := fmt.Sprint(got), fmt.Sprint(want)
	if g != w {
		b.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// consistent checks that what the engine believes, what is, and what the host runs are the same.
func (b *bench) consistent(e *Engine) {
	b.Helper()
	believed, run := map[string]string{}, map[string]string{}
	for _, r := range e.records {
		if !r.exists() {
			b.Errorf("a half-made record is left: %+v", *r)
		}
		in, err := e.resolved(r.Instance)
		b.must(err)
		believed[in.PhysicalID] = printed(in.Properties)
		run[in.PhysicalID] = printed(in.Properties)
	}
	b.same("what is there", b.cloud.things, believed)
	b.same("what runs", b.cloud.live, run)
	stored, err := New(Deps{Types: b.cloud.types(), World: b.cloud, Store: b.disk})
	b.must(err)
	b.same("what is stored", stored.list(), e.list())
}

func (e *Engine) list() []string {
	var out []string
	for _, r := range e.records {
		out = append(out, fmt.Sprintf("%s %s %s %s", r.Key, r.Place, r.Instance.PhysicalID, printed(r.Instance.Properties)))
	}
	return out
}
