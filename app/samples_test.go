package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airloom/backend/design"
)

// samples is where the binary's samples come from.
var samples = os.DirFS(filepath.Join("..", "assets", "samples"))

// outcomes says for each sample what must come of the thing to try, whose answer it gets, and how the rest of it behaves.
var outcomes = map[string]func(*sample, string){
	"orders": func(s *sample, answer string) {
		id := field(s.t, answer, "id")
		s.until("the worker confirms the order", func() bool { return strings.Contains(s.ask("GET", "/orders/"+id, "", ""), "confirmed") })
		s.answers(s.ask("GET", "/orders", "", ""), "401")
		s.answers(s.ask("GET", "/orders", "", s.token("ada")), "200", id)
	},
	"rest-crud": func(s *sample, answer string) {
		path := "/tasks/" + field(s.t, answer, "id")
		s.answers(s.ask("GET", path, "", ""), "200", "water the plants", `"done":false`)
		s.answers(s.ask("PUT", path, `{"done":true,"id":"mine"}`, ""), "200", "water the plants", `"done":true`, path[len("/tasks/"):])
		s.answers(s.ask("GET", "/tasks", "", ""), "200", "water the plants")
		s.answers(s.ask("DELETE", path, "", ""), "204")
		s.answers(s.ask("GET", path, "", ""), "404")
		s.answers(s.ask("PUT", path, `{"done":false}`, ""), "404")
		s.answers(s.ask("POST", "/tasks", `{"title":" "}`, ""), "400")
	},
	"image-pipeline": func(s *sample, _ string) {
		s.logs("announce", "sunset.png is ready: 320×180")
		s.wants(s.call("images", `{"operation":"Scan"}`), `"sunset.png"`, `"320"`)
		small, err := png.DecodeConfig(strings.NewReader(s.object("thumbnails", "sunset.png")))
		if err != nil || small.Width != 128 || small.Height != 72 {
			s.t.Errorf("the thumbnail: %+v %v", small, err)
		}
	},
	"stripe-webhook": func(s *sample, _ string) {
		s.logs("fulfil-order", "pi_test paid with $20.00")
		s.call("stripe", `{"type":"payment_intent.succeeded"}`)
		s.logs("receive-event", "known already evt_test")
		if n := strings.Count(s.log("fulfil-order"), "pi_test"); n != 1 {
			s.t.Errorf("the order is fulfilled %d times", n)
		}
		forged := http.Header{"Stripe-Signature": {fmt.Sprintf("t=%d,v1=%064d", time.Now().Unix(), 0)}}
		s.answers(s.send("POST", s.deployed().Outputs["StripeWebhookUrl"], `{"id":"evt_forged"}`, forged), "400")
	},
	"scheduled-report": func(s *sample, answer string) {
		s.wants(answer, `"total":4`)
		s.wants(s.object("reports", "sales/2026-01-31.csv"), `"tea",1,4.00`)
		s.until("the report is told", func() bool { return strings.Contains(s.receive("report-inbox"), "sales/2026-01-31.csv") })
	},
	"fan-out": func(s *sample, _ string) {
		s.logs("bill-order", "order A-17: 42.00")
		s.logs("count-points", "A-17 earns 4 points")
		s.logs("ship-order", "cannot ship")
		s.call("order-placed", `{"id":"B-1","total":10,"gift":true,"weight":3}`)
		s.call("order-placed", `{"id":"B-2","total":20,"gift":false}`)
		s.logs("ship-order", "ship order B-1 as a parcel")
		s.logs("bill-order", "order B-2")
		s.logs("count-points", "B-2")
		if strings.Contains(s.log("bill-order"), "B-1") || strings.Contains(s.log("ship-order"), "B-2") {
			s.t.Error("a filter let through what it should not")
		}
		s.until("the order that cannot be shipped is set aside", func() bool { return strings.Contains(s.receive("failed-parcels"), "A-17") })
	},
	"spa-login": func(s *sample, answer string) {
		ada := field(s.t, answer, "access_token")
		page := strings.TrimSuffix(s.address("web"), "/")
		s.answers(s.send("GET", page+"/", "", nil), "200", "<title>Diary</title>")
		var config struct {
			DiaryAPI struct{ APIURL string }
			Auth0    struct{ Domain, ClientID, Audience string }
		}
		_, text, _ := strings.Cut(s.send("GET", page+"/config.json", "", nil), "\n")
		if err := json.Unmarshal([]byte(text), &config); err != nil || config.DiaryAPI.APIURL != strings.TrimSuffix(s.address("diary-api"), "/") || config.Auth0.Domain == "" {
			s.t.Errorf("config.json: %s %v", text, err)
		}
		asked := http.Header{"Origin": {page}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"authorization,content-type"}}
		s.wants(s.send("OPTIONS", config.DiaryAPI.APIURL+"/entries", "", asked), "Access-Control-Allow-Origin: "+page)
		s.answers(s.ask("POST", "/entries", `{"text":"a good day"}`, ada), "201")
		s.answers(s.ask("GET", "/entries", "", ada), "200", "a good day")
		s.answers(s.ask("GET", "/entries", "", s.token("bob")), "200", `{"entries":[]}`)
		s.answers(s.ask("GET", "/entries", "", ""), "401")
	},
	"events": func(s *sample, answer string) {
		id := field(s.t, answer, "id")
		s.logs("thank-customer", "thank you for the piano: order "+id)
		s.logs("keep-journal", id)
		s.until("the review gets its text", func() bool { return strings.Contains(s.receive("review"), "call before shipping") })
		small := field(s.t, s.call("place-order", `{"item":"tea","total":4}`), "id")
		s.logs("keep-journal", small)
		if strings.Contains(s.log("thank-customer"), small) {
			s.t.Error("the rule took a small order")
		}
	},
}

// Every sample is sound, deploys as it is, does what it says, and leaves nothing behind.
func TestSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts processes")
	}
	list, err := newApp(t).Samples()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(outcomes) {
		t.Errorf("%d samples, %d outcomes", len(list), len(outcomes))
	}
	for _, about := range list {
		t.Run(about.ID, func(t *testing.T) {
			t.Parallel()
			outcome := outcomes[about.ID]
			if outcome == nil || about.Title == "" || about.Summary == "" || about.Try == "" {
				t.Fatalf("not told, or not tried: %+v", about)
			}
			s := open(t, about.ID)
			s.deploy()
			outcome(s, s.try(about.Try))
			s.destroy()
		})
	}
}

// The drawings are stored as Airloom stores them, so that the first save of a project changes nothing but what was drawn,
// and are small enough to be read beside open panels.
func TestSampleDrawings(t *testing.T) {
	const widest, highest = 1160, 640
	for id := range outcomes {
		text, err := os.ReadFile(filepath.Join("..", "assets", "samples", id, "sample.design.json"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := design.Unmarshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := design.Marshal(d); err != nil || !bytes.Equal(text, again) {
			t.Errorf("%s is not in its canonical form (%v):\n%s", id, err, again)
		}
		for _, n := range d.Nodes {
			if n.X < 0 || n.Y < 0 || n.X+max(n.W, 200) > widest || n.Y+max(n.H, 64) > highest || int(n.X)%8 != 0 || int(n.Y)%8 != 0 {
				t.Errorf("%s: %s lies at %g, %g", id, n.ID, n.X, n.Y)
			}
		}
	}
}

// What the samples generate has no finding of cfn-lint, not even a warning.
func TestSampleTemplatesLint(t *testing.T) {
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("cfn-lint is not installed")
	}
	t.Parallel()
	folder := t.TempDir()
	args := []string{}
	for id := range outcomes {
		view, err := open(t, id).session.Template("json")
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(folder, id+".json")
		if err := os.WriteFile(name, []byte(view.Body), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	if out, err := exec.Command(lint, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
