package kind

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"airloom/backend/fault"
)

// Simulator is a kind that behaves offline. The embedded sandbox executes the bundle's template, not the drawing, so what
// a kind simulates is keyed by CloudFormation resource type and by AWS service, never by node.
type Simulator interface{ Simulate() Simulation }

// Simulation is the offline behaviour that a kind brings: resource types, the AWS APIs that reach them, third-party hosts.
// Two kinds may not bring the same type, service or host; the conformance test checks it.
type Simulation struct {
	Types    []ResourceType
	Services []Service
	Hosts    []Host
}

// ResourceType is the life of one CloudFormation resource type in the embedded sandbox. What a type or property is not
// listed for is refused by name before anything starts.
type ResourceType struct {
	Type       string   // "AWS::SQS::Queue"
	Properties []string // supported top-level properties (dotted for nested ones where only a part is supported)
	Ignored    []string // properties that change nothing offline and are accepted (Tags, encryption settings …)
	Replace    []string // properties whose change needs a replacement
	// Replaces names the property whose change needs a replacement where that depends on what changes within it (a table's
	// attribute may be added, not altered), "" where none does; nil never does. Values may contain cfn.Fn, as for Check.
	Replaces func(old, new map[string]any) string
	Stateful bool // replacement or removal loses data
	// Check refuses values that cannot be simulated, before anything starts; nil accepts all. Values may still contain
	// cfn.Fn whose result is not known yet.
	Check func(properties map[string]any) error

	// Create makes the resource: it fills PhysicalID, ARN and Attributes (what Ref and GetAtt give). It gets a unique
	// PhysicalID suggested ("<stack>-<LogicalID>-<suffix>", as CloudFormation makes names), to be used, shortened or lowered
	// wherever the template names none. fault.Conflict says that the name is taken.
	Create func(context.Context, World, Instance) (Instance, error)
	// Update changes it in place; nil means that nothing is to be done but keep the new properties.
	Update func(ctx context.Context, w World, old, new Instance) (Instance, error)
	// Delete removes it and its state; deleting what is gone is no error. nil means nothing to be done. Where Create failed (but
	// for fault.Conflict), or the process died within it, Delete gets the instance as Create got it, without ARN: it removes
	// what Create would have made of it.
	Delete func(context.Context, World, Instance) error
	// Run is background work (pollers, clocks): started after create and after a restart, until ctx ends (update, delete, stop).
	Run func(context.Context, World, Instance)

	// Accept takes a pushed delivery (topic → queue). nil: not a push target. Authorisation is already done: for the action that
	// Push names, "sqs:SendMessage".
	Accept func(context.Context, World, Instance, Delivery) error
	Push   string
	// Receive reads a batch for an event source mapping. nil: not a poll source. It waits at most for req.Wait.
	Receive func(ctx context.Context, w World, in Instance, req PollRequest) (Batch, error)
	// Serve answers HTTP requests at the resource's own loopback address (World.Address). nil: has none.
	Serve func(context.Context, World, Instance, HTTPRequest) HTTPResponse
}

// Instance is one deployed resource in the embedded sandbox.
type Instance struct {
	LogicalID  string         `json:"logicalId"`
	Type       string         `json:"type"`
	Stack      string         `json:"stack"`
	Node       string         `json:"node"` // from the bundle's trace, "" where unknown
	PhysicalID string         `json:"physicalId"`
	ARN        string         `json:"arn,omitempty"`
	Properties map[string]any `json:"properties"` // evaluated: no cfn.Fn left
	Attributes map[string]any `json:"attributes"` // by GetAtt name, dotted where CloudFormation's is
}

// World is what the embedded sandbox offers to simulations. All of it is safe for concurrent use.
type World interface {
	Region() string   // "us-east-1" unless configured
	Account() string  // "000000000000"
	Stack() string    // the stack's name
	Endpoint() string // base address of the AWS-compatible loopback endpoint, no trailing slash
	Now() time.Time
	NewID() string // a random UUID, from the injected source
	// ARN gives "arn:aws:service:region:account:resource".
	ARN(service, resource string) string

	// State is a service's persistent ordered key-value store; it survives a restart.
	State(namespace string) State

	// Find is a deployed instance by ARN; Lookup by type and physical id; Instances are all of a type in logical-id order.
	Find(arn string) (Instance, bool)
	Lookup(resourceType, physicalID string) (Instance, bool)
	Instances(resourceType string) []Instance

	// Allow answers whether the principal may act; the error is fault.Denied with AWS's wording.
	Allow(Access) error
	// SetPolicy attaches a resource policy document (or removes it with nil) under an id to an ARN: Lambda permissions, queue, topic and bucket policies.
	SetPolicy(arn, id string, document map[string]any)

	// Deliver pushes a payload to the resource at the target ARN, after checking that the target admits the principal.
	Deliver(ctx context.Context, d Delivery) error
	// Invoke runs a function and waits for its answer. Authorisation is checked for the given caller.
	Invoke(ctx context.Context, in Invocation) (InvokeResult, error)
	// Receive reads a batch from a poll source by ARN, on behalf of a role. The ARN is the instance's own or its attribute
	// StreamArn (a table is read by its stream's).
	Receive(ctx context.Context, arn string, req PollRequest) (Batch, error)

	// Functions hosts function code as local processes; the Lambda kind uses it.
	Functions() Functions

	// Address is the loopback base address at which the instance's Serve is reachable, for instance "http://127.0.0.1:41234".
	// It is stable over restarts, and known already during Create.
	Address(logicalID string) string
	// Fetch asks a third-party host; only simulated Hosts answer, the network is never used.
	Fetch(context.Context, HTTPRequest) (HTTPResponse, error)

	// After is the injected clock's timer.
	After(d time.Duration) <-chan time.Time
	// Log reports a line under a node (instance.Node): what a person watching the picture should see.
	Log(node string, level string, format string, args ...any)
}

// State is an ordered key-value store with transactions (serialisable: one writer at a time).
type State interface {
	View(func(Tx) error) error
	Update(func(Tx) error) error
}

// Tx reads and writes within a transaction. Byte slices given out are valid only until it ends.
type Tx interface {
	Get(key []byte) []byte // nil where absent
	Put(key, value []byte) error
	Delete(key []byte) error
	// Scan visits keys with the prefix, in byte order from the given key on (nil: from the first), until visit returns
	// false. Reverse visits downwards, from the given key (nil: from the last).
	Scan(prefix, from []byte, visit func(key, value []byte) bool)
	Reverse(prefix, from []byte, visit func(key, value []byte) bool)
	// DeletePrefix removes all keys with the prefix.
	DeletePrefix(prefix []byte) error
}

// Principal is who acts: a role (its ARN and session) or an AWS service on behalf of a source.
type Principal struct {
	Role    string // role ARN, "" for a service or the sandbox's owner
	Session string // role session name, for messages
	Service string // "s3.amazonaws.com"
	Owner   bool   // the developer: may do everything
}

// Access is one question to the policy evaluator.
type Access struct {
	Principal Principal
	Action    string            // "dynamodb:PutItem"
	Resource  string            // ARN
	Context   map[string]string // condition keys: "aws:SourceArn" …; several values of one key are separated by "\x1f"
}

// Delivery is a pushed payload.
type Delivery struct {
	Principal  Principal // the pushing service, or a role
	SourceARN  string
	Target     string // ARN
	Payload    []byte
	Attributes map[string]string // protocol details: SNS message attributes, FIFO group and deduplication ids
	Hops       int               // how many deliveries led to this one; the world stops a loop after 16
}

// Invocation is a call of a function.
type Invocation struct {
	Function  string // ARN, name, or ARN with qualifier
	Principal Principal
	SourceARN string
	Payload   []byte
	Async     bool // queued: retried twice on error, then to the dead-letter target or on-failure destination
	Hops      int
	RequestID string // "" makes one
}

// InvokeResult is a function's answer.
type InvokeResult struct {
	Payload       []byte
	FunctionError string // "Unhandled" where the function failed; the payload is then the error document
	RequestID     string
	LogTail       string // the last 4 KB of this invocation's log
	Duration      time.Duration
}

// PollRequest asks a poll source for a batch.
type PollRequest struct {
	Max        int           // most records
	Wait       time.Duration // how long to wait for the first
	Role       Principal     // whose permissions are checked
	Position   string        // TRIM_HORIZON or LATEST, for streams
	Checkpoint string        // opaque: what the last Batch gave, "" at first
}

// Batch is what a poll source gave. Records are the elements of the Lambda event's "Records".
type Batch struct {
	Records    []map[string]any
	IDs        []string // per record: what batchItemFailures names (messageId, sequence number)
	Checkpoint string   // for streams: where to go on after success; to be kept even where no record came
	// Done settles the batch: failed are the ids to be seen again; the others are deleted (queues).
	Done func(failed []string) error
}

// Functions hosts functions as local processes behind the Lambda runtime API.
type Functions interface {
	Put(FunctionSpec) error // create or update; running processes of the old code are drained
	Remove(arn string)
}

// FunctionSpec is a function to be hosted.
type FunctionSpec struct {
	ARN, Name, Node string
	Runtime         string // nodejs22.x …
	Handler         string
	ArtifactKey     string // the zip, by the bundle's key
	Role            string // role ARN
	MemoryMB        int
	Timeout         time.Duration
	Environment     map[string]string
	LogGroup        string
	Concurrency     int    // reserved concurrency, -1 for none set
	DeadLetter      string // ARN for failed asynchronous invocations, "" for none
	Tracing         bool
}

// Service is an AWS API that functions' SDKs reach at the loopback endpoint.
type Service struct {
	Name string // the SigV4 signing name: "sqs", "dynamodb", "s3", "secretsmanager", "events", "sns", "lambda", "scheduler"
	// Serve answers one verified, signed request. Unknown operations are answered with the service's own error shape.
	Serve func(context.Context, World, APIRequest) HTTPResponse
}

// APIRequest is a verified request to an AWS API.
type APIRequest struct {
	HTTPRequest
	Principal Principal
	Operation string // from X-Amz-Target or the Action parameter where there is one, else ""
}

// Host is the stub of a third-party host.
type Host struct {
	Match func(host string) bool // "example.eu.auth0.com"
	Serve func(context.Context, World, HTTPRequest) HTTPResponse
}

// HTTPRequest is a request as a value.
type HTTPRequest struct {
	Method  string
	Scheme  string
	Host    string
	Path    string              // decoded, begins with "/"
	RawPath string              // as sent
	Query   string              // raw, without "?"
	Header  map[string][]string // canonical names
	Body    []byte
	Remote  string // address of the caller
}

// Get is the first value of a header, by canonical name.
func (r HTTPRequest) Get(name string) string {
	if v := r.Header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// HTTPResponse is a response as a value.
type HTTPResponse struct {
	Status int
	Header map[string][]string
	Body   []byte
}

// Caller is a kind whose deployed nodes can be called: it turns a payload into a request value, which the aws sandbox
// signs and sends and the local one routes. One call, two places.
type Caller interface {
	Call(Target, []byte) (Request, error)
}

// Target is a deployed node as a sandbox knows it.
type Target struct {
	Node      string
	Props     map[string]any
	Resources map[string]Deployed // by suffix of the logical id: "" is the primary one
	Outputs   map[string]string   // stack outputs by name
}

// Deployed is a deployed resource.
type Deployed struct {
	LogicalID, Type, PhysicalID, ARN string
	Attributes                       map[string]string
}

// Request is a call as a value. Service is the SigV4 signing name, "" for a plain HTTP request to Host.
type Request struct {
	Service string            `json:"service,omitempty"`
	Scheme  string            `json:"scheme,omitempty"`
	Host    string            `json:"host,omitempty"` // for plain requests: host and port
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Query   string            `json:"query,omitempty"`
	Header  map[string]string `json:"header,omitempty"`
	Body    []byte            `json:"body,omitempty"`
	// Token names the field of a JSON body that gets a fresh random id before sending: an idempotency token, which AWS's SDKs
	// make by themselves. "" for none. A simulation takes a request without one as a new one.
	Token string `json:"token,omitempty"`
	// Secret names a secret (ARN) whose value signs the body before sending; Sign tells how. Used by webhook stubs.
	Secret string                                         `json:"secret,omitempty"`
	Sign   func(secret string, now time.Time, r *Request) `json:"-"`
}

// Tokened gives the request the token that it asks for; a body that has one already keeps it.
func (r Request) Tokened(id string) (Request, error) {
	if r.Token == "" {
		return r, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(r.Body, &fields); err != nil {
		return r, fault.Wrap(err, fault.Internal, "giving a request its token")
	}
	if fields[r.Token] != nil {
		return r, nil
	}
	fields[r.Token] = json.RawMessage(strconv.Quote(id))
	body, err := json.Marshal(fields)
	r.Body = body
	return r, err
}

// Checker is a kind with rules of its own about one node; general rules live in package check.
type Checker interface {
	Check(*Scope) []fault.Finding
}
