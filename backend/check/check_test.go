package check

import (
	"fmt"
	"strings"
	"testing"

	"airloom/backend/design"
)

// draw reads "a -call:send-> b; b -poll-> c".
func draw(t *testing.T, text string) design.Design {
	t.Helper()
	d := design.New()
	for _, wire := range strings.Split(text, ";") {
		var from, how, to string
		if _, err := fmt.Sscan(strings.TrimSpace(wire), &from, &how, &to); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{from, to} {
			d.Nodes[design.ID(id)] = design.Node{ID: design.ID(id), Name: id}
		}
		protocol, access, _ := strings.Cut(strings.Trim(how, "->"), ":")
		e := design.Edge{ID: design.NewEdgeID(d, design.ID(from), design.ID(to)), From: design.End{Node: design.ID(from)}, To: design.End{Node: design.ID(to)}, Protocol: protocol, Access: access}
		d.Edges[e.ID] = e
	}
	return d
}

func TestLoopsAreNamed(t *testing.T) {
	for _, c := range []string{
		"f -call:send-> q; q -poll-> f",
		"f -call:write-> bucket; bucket -push-> f",
		"f -call:readwrite-> table; table -poll-> f",
		"f -call:put-> bus; bus -push-> f",
		"f -call:publish-> topic; topic -push-> f",
		"f -call:invoke-> f",
		"f -call:invoke-> g; g -call:invoke-> f",
		"f -call:publish-> topic; topic -push-> q; q -poll-> f",
		"f -call:put-> bus; bus -push-> rule; rule -push-> f",
		"a -call:send-> q; q -poll-> b; b -call:write-> bucket; bucket -push-> a",
		"in -route-> f; f -call:send-> q; q -poll-> g; g -call:send-> q",
		"f -call:write-> table; table -poll-> g; g -call:write-> table",
	} {
		if got := Loops(draw(t, c)); len(got) != 1 {
			t.Errorf("%s: %d findings", c, len(got))
		}
	}
}

func TestWhatIsNoLoopIsNotFlagged(t *testing.T) {
	for _, c := range []string{
		"api -route-> f; f -call:write-> table",
		"table -poll-> f; f -call:read-> table",
		"bucket -push-> f; f -call:read-> bucket",
		"bucket -push-> f; f -call:write-> out",
		"q -poll-> f; f -call:deadletter-> q",
		"q -call:deadletter-> dlq; dlq -poll-> f",
		"q -poll-> f; f -call:send-> other",
		"topic -push-> f; topic -push-> g; f -call:send-> q",
		"f -call:fetch-> api; api -route-> f",
		"api -call:verify-> auth; spa -call:login-> auth; spa -call:fetch-> api",
		"clock -schedule-> f; f -call:read-> secret",
		"stripe -webhook-> f; f -call:use-> stripe",
		"f -call:invoke-> g; f -call:invoke-> h; g -call:invoke-> h",
		"bus -push-> rule; rule -push-> f; f -call:write-> table",
		"a -call:send-> q; b -call:send-> q; q -poll-> c",
		"f -call:publish-> topic; topic -push-> g; g -call:write-> bucket",
		"s -poll-> f; f -call:publish-> t; t -push-> q; q -poll-> g",
		"f -call:write-> a; a -poll-> g; g -call:write-> b",
		"bucket -push-> q; q -poll-> f; f -call:read-> bucket",
		"f -call:put-> bus; bus -push-> q; q -poll-> g",
	} {
		if got := Loops(draw(t, c)); len(got) != 0 {
			t.Errorf("%s: %v", c, got)
		}
	}
}
