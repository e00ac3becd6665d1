package endpoint

import (
	"net/http"
	"strings"
	"testing"
)

func TestLimitsAndPanics(t *testing.T) {
	f := newFixture(t)
	big := strings.Repeat("x", maxBody+1)
	if status := send(t, f.signed(t, f.creds, "logs", f.now, big, nil)); status != 413 {
		t.Errorf("a body over the limit: %d", status)
	}
	r := must(http.NewRequest(http.MethodPost, f.url()+"/", strings.NewReader("x")))
	r.Header.Set("X-Padding", strings.Repeat("x", 2*maxHeader))
	if status := send(t, r); status != 431 {
		t.Errorf("headers over the limit: %d", status)
	}
	if status := send(t, f.signed(t, f.creds, "logs", f.now, "{}", func(r *http.Request) { r.Header.Set("X-Amz-Target", "Logs.Panic") })); status != 500 {
		t.Errorf("a panic: %d", status)
	}
	if status := send(t, f.signed(t, f.creds, "braket", f.now, "{}", nil)); status != 501 {
		t.Errorf("an unknown service: %d", status)
	}
}
