// Package note is the kind note: a text on the drawing. It emits nothing. It imports kind only.
package note

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the note's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

// Spec describes the note.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "note", Title: "Note", Noun: "note", Category: "Drawing",
		Summary:  "A text on the drawing: a decision, a question, how to try it",
		Keywords: []string{"text", "comment", "sticky", "markdown", "decision"},
		Icon:     icon, Help: help, Shape: kind.Note,
		Fields: []kind.Field{
			{Name: "text", Title: "Text", Type: kind.LongText, Help: "Markdown: **strong**, *emphasis*, `code`, lists, links."},
			{Name: "color", Title: "Colour", Type: kind.Color, Options: []string{"amber", "gray", "blue", "green", "red", "violet"}, Default: "amber"},
		},
		Ports: []kind.Port{},
	}
}

// Emit adds nothing: a note is part of the drawing only.
func (Kind) Emit(*kind.Scope) error { return nil }
