package sandbox

import "time"

// RunStatus is how far something long is.
type RunStatus string

// Run statuses.
const (
	Running   RunStatus = "running"
	Succeeded RunStatus = "succeeded"
	Failed    RunStatus = "failed"
	Canceled  RunStatus = "canceled"
)

// Run is one deployment or destroy, as the project file keeps it.
type Run struct {
	ID      string    `json:"id"`
	Sandbox string    `json:"sandbox"`
	Action  string    `json:"action"` // deploy, destroy
	Status  RunStatus `json:"status"`
	Bundle  string    `json:"bundle,omitempty"`
	Handle  string    `json:"handle,omitempty"` // the sandbox's own, to resume watching
	Error   string    `json:"error,omitempty"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
}
