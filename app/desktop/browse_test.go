package desktop

import "testing"

// What a deployment gave is https anywhere, or this machine; what reaches here has been compared with the deployment already.
func TestBrowseDeployedRefuses(t *testing.T) {
	for _, good := range []string{"https://abc.execute-api.eu-central-1.amazonaws.com/orders?x=1", "http://127.0.0.1:4711/", "http://[::1]:4711/a",
		"http://localhost:4711/", "http://web.localhost:4711/"} {
		if got, err := deployed(good); err != nil || got != good {
			t.Errorf("deployed(%q) = %q, %v", good, got, err)
		}
	}
	for _, bad := range []string{"", "-flag", "http://", "http://example.org/", "http://127.0.0.1.example.org/", "http://localhost.example.org/",
		"http://169.254.169.254/latest", "http://10.0.0.1/", "https://user@docs.aws.amazon.com/", "http://user@127.0.0.1/", "file:///etc/passwd",
		"javascript:alert(1)", "ssh://127.0.0.1"} {
		if got, err := deployed(bad); err == nil {
			t.Errorf("deployed(%q) = %q, want a refusal", bad, got)
		}
	}
}
