package httpapi

import (
	"reflect"
	"testing"

	"airloom/backend/kind"
)

func TestCall(t *testing.T) {
	target := kind.Target{Node: "orders-api", Outputs: map[string]string{"OrdersApiUrl": "http://127.0.0.1:40003"}}
	for payload, wanted := range map[string]kind.Request{
		``: {Method: "GET", Path: "/"},
		`{"method": "post", "path": "/orders?dry=1", "body": {"item": "tea"}}`:                        {Method: "POST", Path: "/orders", Query: "dry=1", Body: []byte(`{"item": "tea"}`), Header: map[string]string{"Content-Type": "application/json"}},
		`{"path": "/orders", "body": "plain", "headers": {"content-type": "text/plain", "x-a": "b"}}`: {Method: "POST", Path: "/orders", Body: []byte("plain"), Header: map[string]string{"Content-Type": "text/plain", "x-a": "b"}},
	} {
		wanted.Scheme, wanted.Host = "http", "127.0.0.1:40003"
		if wanted.Header == nil {
			wanted.Header = map[string]string{}
		}
		if got, err := (Kind{}).Call(target, []byte(payload)); err != nil || !reflect.DeepEqual(got, wanted) {
			t.Errorf("%s: %+v %v", payload, got, err)
		}
	}
	for _, payload := range []string{`[]`, `{"verb": "GET"}`, `{"path": "orders"}`} {
		if _, err := (Kind{}).Call(target, []byte(payload)); err == nil {
			t.Errorf("%s is taken", payload)
		}
	}
	if _, err := (Kind{}).Call(kind.Target{Node: "other"}, nil); err == nil {
		t.Error("an API that is not deployed is called")
	}
}
