package endpoint

import (
	"sync"
	"time"
)

// replay remembers signatures for as long as their dates are accepted: in two generations, the older of which is forgotten
// as a whole.
type replay struct {
	mu       sync.Mutex
	now, old map[string]struct{}
	since    time.Time
}

// first tells whether a signature is seen for the first time.
func (r *replay) first(signature string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == nil || now.Sub(r.since) > 2*skew {
		r.old, r.now, r.since = r.now, map[string]struct{}{}, now
	}
	_, young := r.now[signature]
	_, old := r.old[signature]
	r.now[signature] = struct{}{}
	return !young && !old
}
