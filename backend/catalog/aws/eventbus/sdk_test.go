package eventbus

import (
	"testing"

	"airloom/backend/internal/sdktest"
)

// An SDK has published an event by the time it is done.
func published(t *testing.T, talk func(sdktest.Endpoint)) {
	t.Helper()
	st := newStation(t)
	talk(sdktest.Endpoint{World: st.World, Service: st.sim.Services[0], Caller: caller})
	if e := st.got["One"]; len(e) != 1 || e[0]["time"] != "2026-03-01T11:00:00Z" || e[0]["detail"].(fields)["n"] != 1.0 {
		t.Errorf("%v", e)
	}
}

func TestPythonSDK(t *testing.T) {
	published(t, func(e sdktest.Endpoint) {
		e.Python(t, `1 36 MalformedDetail
ValidationException True`)
	})
}

func TestJavaScriptSDK(t *testing.T) {
	published(t, func(e sdktest.Endpoint) { e.JavaScript(t, "client-eventbridge", "0 36\nValidationException") })
}
