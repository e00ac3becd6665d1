package functions

import (
	"context"
	"slices"
	"time"

	"airloom/backend/fault"
)

// Throttle is the cause of a fault.Limit: Lambda would answer TooManyRequestsException, with this as its Reason.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
type Throttle string

// The reasons.
const (
	Reserved   Throttle = "ReservedFunctionConcurrentInvocationLimitExceeded" // the function's own setting
	Concurrent Throttle = "ConcurrentInvocationLimitExceeded"                 // as many processes as this machine should have
)

// Error implements error.
func (t Throttle) Error() string { return "TooManyRequestsException: " + string(t) }

// acquire gives an environment for one event: a warm one, else a new one, which is not started yet.
func (h *Host) acquire(ctx context.Context, arn string) (*environment, error) {
	patience := time.NewTimer(h.patience)
	defer patience.Stop()
	for {
		e, wait, err := h.try(arn)
		if e != nil || err != nil {
			return e, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, fault.Wrap(ctx.Err(), fault.Canceled, "waiting for a free environment")
		case <-patience.C:
			return nil, fault.Wrap(Concurrent, fault.Limit, "%d functions are running already, and none ended within %s", h.most, h.patience).
				Try("call fewer at once")
		}
	}
}

// try is one attempt; where all environments are busy it gives what to wait for.
func (h *Host) try(arn string) (*environment, <-chan struct{}, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.functions[arn]
	switch {
	case h.closed:
		return nil, nil, closed()
	case f == nil:
		return nil, nil, unknown(arn)
	case f.spec.Concurrency >= 0 && f.busy >= f.spec.Concurrency:
		return nil, nil, fault.Wrap(Reserved, fault.Limit, "%s is running %d times, as many as its reserved concurrency allows", f.spec.Name, f.busy).At(f.spec.Node)
	}
	if n := len(f.idle); n > 0 {
		e := f.idle[n-1]
		f.idle = f.idle[:n-1]
		e.expiry.Stop()
		f.busy++
		h.runs.Add(1)
		return e, nil, nil
	}
	if len(h.live) >= h.most && !h.evict() {
		return nil, h.freed, nil
	}
	e := newEnvironment(h, f)
	h.live[e] = true
	f.busy++
	h.runs.Add(1)
	return e, nil, nil
}

// evict ends the environment that was idle longest, of whatever function. The caller holds the lock.
func (h *Host) evict() bool {
	var oldest *environment
	for _, f := range h.functions {
		if len(f.idle) > 0 && (oldest == nil || f.idle[0].used.Before(oldest.used)) {
			oldest = f.idle[0]
		}
	}
	if oldest == nil {
		return false
	}
	oldest.function.idle = oldest.function.idle[1:]
	delete(h.live, oldest)
	go oldest.stop()
	return true
}

// renew puts a new environment in the place of one that ended, for the same event.
func (h *Host) renew(e *environment) *environment {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := newEnvironment(h, e.function)
	delete(h.live, e)
	h.live[n] = true
	n.stopped = h.closed
	return n
}

// release takes an environment back after its event: it becomes idle, or ends if its process did or its code is out of date.
func (h *Host) release(e *environment, reusable bool) {
	h.mu.Lock()
	f := e.function
	f.busy--
	reusable = reusable && !e.over() && !h.closed && h.functions[f.spec.ARN] == f && e.current(f)
	if reusable {
		e.used = time.Now() // only compared with its like
		f.idle = append(f.idle, e)
		e.expiry = time.AfterFunc(h.idle, func() { h.expire(e) })
	} else {
		delete(h.live, e)
	}
	h.wake()
	h.mu.Unlock()
	if !reusable {
		e.stop()
		h.tidy(e.code)
	}
	h.runs.Done()
}

// expire ends an environment if it is idle still. It also serves those whose process ended by itself.
func (h *Host) expire(e *environment) {
	h.mu.Lock()
	i := slices.Index(e.function.idle, e)
	if i >= 0 {
		e.function.idle = slices.Delete(e.function.idle, i, i+1)
		delete(h.live, e)
		h.wake()
	}
	h.mu.Unlock()
	if i >= 0 {
		e.stop()
	}
}

// wake tells those who wait that there may be room. The caller holds the lock.
func (h *Host) wake() {
	close(h.freed)
	h.freed = make(chan struct{})
}
