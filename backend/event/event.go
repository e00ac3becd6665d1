// Package event holds the closed set of events that long work and running systems emit, keyed by node,
// so that every door paints them on the same picture. It imports nothing of ours.
package event

import "time"

// Type is the kind of an event.
type Type string

// The closed set of types.
const (
	Step     Type = "step"     // a phase of a job began or ended: Text is its title, Data.Progress where known
	Resource Type = "resource" // a resource changed state: Data.LogicalID, Data.Status, Data.Reason
	Log      Type = "log"      // a line that a function printed (ephemeral)
	Tick     Type = "tick"     // progress within a step (ephemeral)
	Output   Type = "output"   // a result for the user: a URL, a name: Data.Name, Data.Value
	Warn     Type = "warn"     // something that the user should know, and that does not stop the work
	Done     Type = "done"     // the job ended: Data.Status is succeeded, failed or canceled
)

// Level is the weight of an event.
type Level string

// Levels.
const (
	Info    Level = "info"
	Warning Level = "warning"
	Error   Level = "error"
)

// Event is one thing that happened. Seq grows by one within a job; replaying a job gives the same events.
type Event struct {
	Seq   int64     `json:"seq"`
	Time  time.Time `json:"time"`
	Job   string    `json:"job,omitempty"`
	Type  Type      `json:"type" enum:"step,resource,log,tick,output,warn,done"`
	Node  string    `json:"node,omitempty"` // node id, "" when it concerns the whole
	Level Level     `json:"level,omitempty" enum:"info,warning,error"`
	Text  string    `json:"text"`
	Data  Data      `json:"data,omitzero"`
}

// Data is the one payload of an event; which fields are set follows from the type.
type Data struct {
	LogicalID string  `json:"logicalId,omitempty"`
	Status    string  `json:"status,omitempty"` // CloudFormation's resource status, or a job's outcome
	Reason    string  `json:"reason,omitempty"`
	Hint      string  `json:"hint,omitempty"`
	Name      string  `json:"name,omitempty"`
	Value     string  `json:"value,omitempty"`
	RequestID string  `json:"requestId,omitempty"`
	Progress  float64 `json:"progress,omitempty"` // 0…1
}

// Ephemeral tells whether the event is dropped rather than stored.
func (e Event) Ephemeral() bool { return e.Type == Log || e.Type == Tick }

// Sink receives events. It must not block for long and is safe for concurrent use. The receiver stamps
// Seq, Time and Job; the sender fills the rest.
type Sink func(Event)

// Discard is the sink that keeps nothing.
func Discard(Event) {}
