package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"airloom/backend/catalog"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
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

// loops are drawings in which one event can cause itself again, clean ones those in which none can. The letters of a name say
// which kind it is.
var (
	loops = []string{
		"f -call:send-> q; q -poll-> f",
		"f -call:write-> bucket; bucket -push-> f",
		"f -call:readwrite-> table; table -poll-> f",
		"f -call:publish-> bus; bus -push-> f",
		"f -call:publish-> topic; topic -push-> f",
		"f -call:invoke-> f",
		"f -call:invoke-> g; g -call:invoke-> f",
		"f -call:publish-> topic; topic -push-> q; q -poll-> f",
		"f -call:publish-> bus; bus -push-> rule; rule -push-> f",
		"f -call:send-> q; q -poll-> g; g -call:write-> bucket; bucket -push-> f",
		"api -route-> f; f -call:send-> q; q -poll-> g; g -call:send-> q",
		"f -call:write-> table; table -poll-> g; g -call:write-> table",
	}
	clean = []string{
		"api -route-> f; f -call:write-> table",
		"table -poll-> f; f -call:read-> table",
		"bucket -push-> f; f -call:read-> bucket",
		"bucket1 -push-> f; f -call:write-> bucket2",
		"q -poll-> f; f -call:deadletter-> q",
		"q1 -call:deadletter-> q2; q2 -poll-> f",
		"q1 -poll-> f; f -call:send-> q2",
		"topic -push-> f; topic -push-> g; f -call:send-> q",
		"f -call:fetch-> api; api -route-> f",
		"api -call:verify-> auth; spa -call:login-> auth; spa -call:fetch-> api",
		"clock -schedule-> f; f -call:read-> secret",
		"stripe -webhook-> f; f -call:use-> stripe",
		"f -call:invoke-> g; f -call:invoke-> h; g -call:invoke-> h",
		"bus -push-> rule; rule -push-> f; f -call:write-> table",
		"f -call:send-> q; g -call:send-> q; q -poll-> h",
		"f -call:publish-> topic; topic -push-> g; g -call:write-> bucket",
		"table -poll-> f; f -call:publish-> topic; topic -push-> q; q -poll-> g",
		"f -call:write-> table1; table1 -poll-> g; g -call:write-> table2",
		"bucket -push-> q; q -poll-> f; f -call:read-> bucket",
		"f -call:publish-> bus; bus -push-> q; q -poll-> g",
	}
)

func TestLoopsAreNamed(t *testing.T) {
	for _, c := range loops {
		got := Loops(draw(t, c))
		if len(got) != 1 || got[0].Severity != fault.Warning || !strings.Contains(got[0].Message, "f → ") && !strings.Contains(got[0].Message, "g → ") {
			t.Errorf("%s: %v", c, got)
		}
	}
}

func TestWhatIsNoLoopIsNotFlagged(t *testing.T) {
	for _, c := range clean {
		if got := Loops(draw(t, c)); len(got) != 0 {
			t.Errorf("%s: %v", c, got)
		}
	}
}

// The drawings above are such as people draw: each wire joins two kinds of the shelf, in a way that their ports know.
func TestTheDrawingsAreLegal(t *testing.T) {
	kinds := map[string]string{"f": "aws.lambda", "g": "aws.lambda", "h": "aws.lambda", "q": "aws.sqs", "bucket": "aws.s3", "table": "aws.dynamodb", "topic": "aws.sns", "bus": "aws.events.bus",
		"rule": "aws.events.rule", "api": "aws.httpapi", "auth": "saas.auth0", "spa": "client.spa", "secret": "aws.secret", "stripe": "saas.stripe", "clock": "aws.scheduler"}
	shelf := catalog.Shelf()
	for _, c := range slices.Concat(loops, clean) {
		d := draw(t, c)
		for _, e := range d.Edges {
			from, okFrom := shelf.Spec(kinds[strings.TrimRight(string(e.From.Node), "12")])
			to, okTo := shelf.Spec(kinds[strings.TrimRight(string(e.To.Node), "12")])
			if !okFrom || !okTo {
				t.Fatalf("%s: no kind for %s or %s", c, e.From.Node, e.To.Node)
			}
			legal := false
			for _, out := range from.Ports {
				for _, in := range to.Ports {
					legal = legal || slices.ContainsFunc(kind.CanConnect(out, in), func(m kind.Match) bool {
						return string(m.Protocol) == e.Protocol && slices.Contains(m.Access, e.Access)
					})
				}
			}
			if !legal {
				t.Errorf("%s: a %s cannot be joined to a %s by %s %s", c, from.Title, to.Title, e.Protocol, e.Access)
			}
		}
	}
}
