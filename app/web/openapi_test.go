package web

import (
	"os"
	"testing"
)

func TestDump(t *testing.T) {
	text, err := OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile("/tmp/oa/openapi.yaml", text, 0o644)
}
