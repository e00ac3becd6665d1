package kind

import "testing"

func TestAdmitsOrigin(t *testing.T) {
	for _, c := range []struct {
		allowed, origin string
		want            bool
	}{
		{"*", "https://example.com", true},
		{"https://example.com", "https://example.com", true},
		{"https://example.com", "http://example.com", false},
		{"https://*.example.com", "https://shop.example.com", true},
		{"https://*.example.com", "https://.example.co", false},
		{"https://127.0.0.1:4000", "http://127.0.0.1:4000", true},
		{"https://127.0.0.1:4000", "http://127.0.0.1:40001", false},
		{"http://127.0.0.1:4000", "https://127.0.0.1:4000", false},
		{"https://ab*ba.example", "https://aba.example", false},
	} {
		if got := AdmitsOrigin(c.allowed, c.origin); got != c.want {
			t.Errorf("%s admits %s: %v", c.allowed, c.origin, got)
		}
	}
}

func TestARequestGetsItsTokenOnce(t *testing.T) {
	for _, c := range []struct{ token, body, want string }{
		{"", `{"a":1}`, `{"a":1}`},
		{"Token", `{"a":1}`, `{"Token":"id","a":1}`},
		{"Token", `{"Token":"own"}`, `{"Token":"own"}`},
	} {
		r := Request{Token: c.token, Body: []byte(c.body)}
		got, err := r.Tokened("id")
		if err != nil || string(got.Body) != c.want || string(r.Body) != c.body {
			t.Errorf("%s with %q gives %s, %v", c.body, c.token, got.Body, err)
		}
	}
	if _, err := (Request{Token: "Token", Body: []byte("[]")}).Tokened("id"); err == nil {
		t.Error("a body that is no object gets a token")
	}
}
