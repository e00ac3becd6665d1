package kind

import "testing"

func TestHops(t *testing.T) {
	for header, want := range map[string]int{"": 0, "Root=1-2-3;Sampled=0": 0, "Root=1-2-3; Parent=4; Sampled=0; " + Lineage(7): 7, Lineage(0): 0, "Lineage=ab:3;Root=1": 3, "Lineage=1:ab:x": 0, "Lineage=1:ab:-4": 0} {
		r := HTTPRequest{Header: map[string][]string{"X-Amzn-Trace-Id": {header}}}
		if got := r.Hops(); got != want {
			t.Errorf("%q has %d hops, want %d", header, got, want)
		}
	}
}
