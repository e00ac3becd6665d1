package design

import "time"

// Entry is one change in the history of a drawing, without its diff. A version is what the drawing was after it.
type Entry struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	How     string    `json:"how" enum:"edit,undo,redo,takein"`
	Of      int64     `json:"of,omitempty"` // the change that was undone or done again
	Label   string    `json:"label"`
	Who     string    `json:"who,omitempty"` // "" for changes of before this was noted
}
