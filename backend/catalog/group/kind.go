// Package group is the kind group: a frame that keeps nodes of the drawing together. It emits nothing. It imports kind only.
package group

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the group's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

// Spec describes the group.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "group", Title: "Group", Noun: "group", Category: "Drawing",
		Summary:  "A frame around nodes that belong together; it moves them together and changes nothing that is deployed",
		Keywords: []string{"frame", "box", "service", "domain", "container"},
		Icon:     icon, Help: help, Shape: kind.Group,
		Fields: []kind.Field{
			{Name: "role", Title: "Stands for", Type: kind.Choice, Options: []string{"group", "bounded context", "service", "team"}, Default: "group", Help: "What the frame means to a reader. Nothing that is deployed depends on it."},
			{Name: "text", Title: "Meaning", Type: kind.LongText, Help: "What its nodes have in common: a service, a team, a bounded context."},
			{Name: "color", Title: "Colour", Type: kind.Color, Options: []string{"gray", "blue", "green", "amber", "red", "violet"}, Default: "gray"},
			{Name: "collapsed", Title: "Collapsed", Type: kind.Flag, Help: "Shows the group as one box with the number of its nodes; its wires go to the box."},
		},
		Ports: []kind.Port{},
	}
}

// Emit adds nothing: a group is part of the drawing only.
func (Kind) Emit(*kind.Scope) error { return nil }
