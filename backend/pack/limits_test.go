package pack

import (
	"slices"
	"strings"
	"testing"

	"airloom/backend/fault"
)

// TestLimits: exactly what Lambda takes passes, one byte more does not. (No file of that size is made.)
func TestLimits(t *testing.T) {
	j := &job{unit: Unit{Node: "n", Name: "f", Arch: "arm64"}, entries: []entry{{name: "a", size: 200 << 20}, {name: "b", size: 50 << 20}}}
	if err := j.checkSize(); err != nil {
		t.Errorf("250 MB: %v", err)
	}
	j.entries = append(j.entries, entry{name: "c", size: 1})
	if e := fault.As(j.checkSize()); e == nil || e.Code != fault.Limit || e.Where != "n" || e.Hint == "" {
		t.Errorf("250 MB and a byte: %v", e)
	}
	if j.judge(50<<20, nil); len(j.warnings) > 0 {
		t.Errorf("50 MB: %q", j.warnings)
	}
	if j.judge(50<<20+1, nil); len(j.warnings) != 1 || !strings.Contains(j.warnings[0], "50.0 MB that can be uploaded directly: it goes through S3") {
		t.Errorf("50 MB and a byte: %q", j.warnings)
	}
	j.warnings = nil
	if j.judge(1, map[string]string{"arm64": "right.so", "x86_64": "wrong.so"}); !slices.Equal(j.warnings, []string{"wrong.so is native code for x86_64, the function runs on arm64"}) {
		t.Errorf("native code: %q", j.warnings)
	}
}
