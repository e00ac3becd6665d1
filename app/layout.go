package app

import (
	"airloom/backend/design"
	"airloom/backend/diagram"
	"airloom/backend/fault"
)

// Layout gives the moves that tidy the drawing, or some nodes of it with what lies in their groups: "right" lays layers from
// left to right, "down" from top to bottom. It changes nothing; committed as one edit it is one undo step.
func (s *Session) Layout(ids []design.ID, direction string) (design.Diff, error) {
	d := s.project.Design()
	for _, id := range ids {
		if _, ok := d.Nodes[id]; !ok {
			return design.Diff{}, fault.New(fault.NotFound, "there is no node %q", id)
		}
	}
	dir := diagram.Direction(direction)
	switch dir {
	case diagram.LeftToRight, diagram.TopToBottom:
	case "":
		dir = diagram.LeftToRight
	default:
		return design.Diff{}, fault.New(fault.Invalid, "drawings run right or down, not %q", direction).Try("choose one of the two")
	}
	return diagram.Layout(d, ids, dir, s.app.deps.Shelf.Spec), nil
}
