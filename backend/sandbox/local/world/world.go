// Package world is what the embedded sandbox offers to simulations: kind.World over a state folder, a directory of
// policies, function processes and loopback addresses. It is the engine's host: it runs what is deployed, and knows no
// resource type by name. The network is never used. It imports the contracts (kind, fault), the endpoint and the policy
// evaluator.
package world

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox/local/endpoint"
	"airloom/backend/sandbox/local/iam"
)

// MostHops is how many deliveries may lead to one another before the world takes them for a loop, as Lambda's own
// detection does.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
const MostHops = 16

// Deps are what a world works with. All are needed.
type Deps struct {
	Region, Account, Stack string
	Simulations            []kind.Simulation
	Store                  Store
	Directory              *iam.Directory
	Keys                   *endpoint.Keys
	Functions              Functions
	Now                    func() time.Time
	After                  func(time.Duration) <-chan time.Time
	NewID                  func() string
	Log                    func(node, level, text string)
}

// Store is what the world remembers.
type Store interface {
	Space(namespace string) kind.State
	Get(section, key string, v any) (bool, error)
	Set(section, key string, v any) error // nil removes
	Each(section string, visit func(key string, text []byte) error) error
	// Readdress changes a port of this machine in all that the stack has stored.
	Readdress(old, now int) error
}

// Functions hosts function code.
type Functions interface {
	Put(kind.FunctionSpec) error
	Remove(arn string)
	// Invoke calls the function of an ARN and waits for its answer; everything else has been decided.
	Invoke(context.Context, kind.Invocation) (kind.InvokeResult, error)
}

// World implements kind.World and the engine's Host. It is safe for concurrent use.
type World struct {
	Deps
	types     map[string]kind.ResourceType
	services  map[string]kind.Service
	hosts     []kind.Host
	addresses *endpoint.Addresses
	endpoint  string
	ctx       context.Context // of all background work
	stop      context.CancelFunc

	mu      sync.RWMutex
	running map[string]*running // by type and physical id
	hosted  map[string]hosted   // functions by ARN
	put     chan struct{}       // closed at the next Put of a function
	live    bool
}

var _ kind.World = (*World)(nil)

// running is an instance that exists, with its background work.
type running struct {
	in kind.Instance

	mu     sync.Mutex
	halted bool // it is not started any more
	cancel context.CancelFunc
	ended  chan struct{} // nil: has no background work
}

// New makes a world without instances in which nothing runs yet. Two simulations with the same type or service are a mistake of the shelf.
func New(d Deps) (*World, error) {
	w := &World{Deps: d, types: map[string]kind.ResourceType{}, services: map[string]kind.Service{}, running: map[string]*running{}, hosted: map[string]hosted{}, put: make(chan struct{})}
	for _, s := range d.Simulations {
		for _, t := range s.Types {
			if _, twice := w.types[t.Type]; twice {
				return nil, fault.New(fault.Internal, "two kinds simulate %s", t.Type)
			}
			w.types[t.Type] = t
		}
		for _, v := range s.Services {
			if _, twice := w.services[v.Name]; twice {
				return nil, fault.New(fault.Internal, "two kinds simulate the service %s", v.Name)
			}
			w.services[v.Name] = v
		}
		w.hosts = append(w.hosts, s.Hosts...)
	}
	w.ctx, w.stop = context.WithCancel(context.Background())
	w.addresses = endpoint.NewAddresses(func(format string, args ...any) { w.Log("", "error", format, args...) })
	if err := w.policies(); err != nil {
		return nil, err
	}
	return w, w.reopen()
}

// Types are all resource types, by name.
func (w *World) Types() map[string]kind.ResourceType { return w.types }

// SetEndpoint tells the base address of the AWS-compatible endpoint.
func (w *World) SetEndpoint(base string) { w.endpoint = base }

// Region implements kind.World.
func (w *World) Region() string { return w.Deps.Region }

// Account implements kind.World.
func (w *World) Account() string { return w.Deps.Account }

// Stack implements kind.World.
func (w *World) Stack() string { return w.Deps.Stack }

// Endpoint implements kind.World.
func (w *World) Endpoint() string { return w.endpoint }

// Now implements kind.World.
func (w *World) Now() time.Time { return w.Deps.Now() }

// NewID implements kind.World.
func (w *World) NewID() string { return w.Deps.NewID() }

// After implements kind.World.
func (w *World) After(d time.Duration) <-chan time.Time { return w.Deps.After(d) }

// ARN implements kind.World.
func (w *World) ARN(service, resource string) string {
	return "arn:aws:" + service + ":" + w.Deps.Region + ":" + w.Deps.Account + ":" + resource
}

// State implements kind.World.
func (w *World) State(namespace string) kind.State { return w.Store.Space(namespace) }

// Log implements kind.World.
func (w *World) Log(node, level, format string, args ...any) {
	w.Deps.Log(node, level, fmt.Sprintf(format, args...))
}

// Find implements kind.World.
func (w *World) Find(arn string) (kind.Instance, bool) {
	return w.first(func(in kind.Instance) bool { return arn != "" && in.ARN == arn })
}

// Lookup implements kind.World.
func (w *World) Lookup(resourceType, physicalID string) (kind.Instance, bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if r := w.running[key(resourceType, physicalID)]; r != nil {
		return r.in, true
	}
	return kind.Instance{}, false
}

// Instances implements kind.World.
func (w *World) Instances(resourceType string) []kind.Instance {
	return w.all(func(in kind.Instance) bool { return in.Type == resourceType })
}

func (w *World) first(is func(kind.Instance) bool) (kind.Instance, bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, r := range w.running {
		if is(r.in) {
			return r.in, true
		}
	}
	return kind.Instance{}, false
}

func (w *World) all(is func(kind.Instance) bool) []kind.Instance {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var out []kind.Instance
	for _, r := range w.running {
		if is(r.in) {
			out = append(out, r.in)
		}
	}
	slices.SortFunc(out, func(a, b kind.Instance) int {
		return strings.Compare(a.LogicalID+"\x00"+a.PhysicalID, b.LogicalID+"\x00"+b.PhysicalID)
	})
	return out
}

func key(resourceType, physicalID string) string { return resourceType + "\x00" + physicalID }

// Allow implements kind.World.
func (w *World) Allow(a kind.Access) error { return w.Directory.Allow(a) }

const policySection = "policies"

// SetPolicy implements kind.World. A kind attaches only what it has checked; what does not compile all the same admits nobody.
func (w *World) SetPolicy(arn, id string, document map[string]any) {
	err := w.Directory.SetPolicy(arn, id, document)
	if err == nil {
		var v any // a nil map would be kept as null
		if document != nil {
			v = document
		}
		err = w.Store.Set(policySection, arn+"\x00"+id, v)
	}
	if err != nil {
		w.Log("", "error", "the policy %s of %s is not in force: %v", id, arn, err)
	}
}

// policies tells the directory about all stored policies.
func (w *World) policies() error {
	var stored [][3]any
	if err := w.Store.Each(policySection, func(k string, text []byte) error {
		arn, id, _ := strings.Cut(k, "\x00")
		document, err := object(text)
		stored = append(stored, [3]any{arn, id, document})
		return err
	}); err != nil {
		return err
	}
	for _, s := range stored {
		if err := w.Directory.SetPolicy(s[0].(string), s[1].(string), s[2].(map[string]any)); err != nil {
			return err
		}
	}
	return nil
}

// Fetch implements kind.World.
func (w *World) Fetch(ctx context.Context, r kind.HTTPRequest) (kind.HTTPResponse, error) {
	for _, h := range w.hosts {
		if h.Match(r.Host) {
			return h.Serve(ctx, w, r), nil
		}
	}
	return kind.HTTPResponse{}, fault.New(fault.Unavailable, "nothing simulates the host %s, and the embedded sandbox never uses the network", r.Host)
}

// Serve answers a verified request to an AWS service; false says that there is no such service.
func (w *World) Serve(ctx context.Context, service string, r kind.APIRequest) (kind.HTTPResponse, bool) {
	s, ok := w.services[service]
	if !ok {
		return kind.HTTPResponse{}, false
	}
	return s.Serve(ctx, w, r), true
}

const portSection = "ports"

// Address implements kind.World.
func (w *World) Address(logicalID string) string {
	port, err := w.port(logicalID)
	if err != nil {
		w.Log("", "error", "%s has no address: %v", logicalID, err)
	}
	return Base(port)
}

// Base is the base address of a port of this machine.
func Base(port int) string { return "http://127.0.0.1:" + strconv.Itoa(port) }

// port opens the port of an instance, the one that it had before where that is free.
func (w *World) port(logicalID string) (int, error) {
	var had int
	if _, err := w.Store.Get(portSection, logicalID, &had); err != nil {
		return 0, err
	}
	port, err := w.addresses.Open(logicalID, had)
	if err != nil || port == had {
		return port, err
	}
	if err := w.Store.Set(portSection, logicalID, port); err != nil {
		return 0, err
	}
	return port, w.Moved(logicalID, had, port)
}

// Moved makes all that is stored follow a port that another program has taken; had is 0 for none.
func (w *World) Moved(what string, had, port int) error {
	if had == 0 {
		return nil
	}
	w.Log("", "warning", "port %d of %s is taken by another program: it has the port %d now", had, what, port)
	return w.Store.Readdress(had, port)
}

// reopen opens all ports that were given out before, so that what is loaded next has the right addresses in it.
func (w *World) reopen() error {
	var ids []string
	if err := w.Store.Each(portSection, func(id string, _ []byte) error { ids = append(ids, id); return nil }); err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := w.port(id); err != nil {
			return err
		}
	}
	return nil
}

// Tidy gives free the ports of what exists no more.
func (w *World) Tidy() error {
	var gone []string
	if err := w.Store.Each(portSection, func(id string, _ []byte) error {
		if _, ok := w.first(func(in kind.Instance) bool { return in.LogicalID == id }); !ok {
			gone = append(gone, id)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, id := range gone {
		w.addresses.Drop(id)
		if err := w.Store.Set(portSection, id, nil); err != nil {
			return err
		}
	}
	return nil
}
