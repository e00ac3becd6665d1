package aws

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"airloom/backend/event"
	"airloom/backend/fault"
)

// verdict is how an operation ended.
type verdict struct {
	status string // the stack's
	reason string // the first real cause of a failure
	node   string // of that cause
	failed []string
}

func (v verdict) good() bool {
	return slices.Contains([]string{"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"}, v.status)
}

// terminal are the statuses in which a stack's operation has ended.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
var terminal = []string{"CREATE_COMPLETE", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_COMPLETE", "UPDATE_FAILED",
	"UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "DELETE_COMPLETE", "DELETE_FAILED"}

const pollEvery = 5 * time.Second

// watch follows an operation to its verdict: the terminal status of the stack itself in an event that carries the operation's
// token. Answers may be stale, doubled or out of order; only what was seen once and is not to be taken back counts. Where ctx
// ends, stop is called once, and the watching goes on: what the cloud does has a verdict, wanted or not.
func (s *Sandbox) watch(ctx context.Context, op operation, trace map[string]string, sink event.Sink, stop func(context.Context) (token string, err error)) (verdict, error) {
	w := watcher{op: op, trace: trace, sink: sink, seen: map[string]bool{}, tokens: []string{op.Token}}
	going := context.WithoutCancel(ctx)
	stopped := false
	pause := firstPause
	for silent := time.Duration(0); ; {
		if ctx.Err() != nil && !stopped && stop != nil {
			stopped = true
			sink(event.Event{Type: event.Step, Text: "stopping: waiting for CloudFormation's verdict"})
			token, err := stop(going)
			if err != nil {
				sink(event.Event{Type: event.Warn, Level: event.Warning, Text: "it cannot be stopped: " + err.Error()})
			} else if token != "" {
				w.tokens = []string{token, op.Token}
			}
		}
		events, err := s.events(going, op)
		switch {
		case err == nil:
			silent, pause = 0, min(pause+firstPause, pollEvery)
		case passing(err):
			if silent == 0 {
				sink(event.Event{Type: event.Warn, Level: event.Warning, Text: "AWS does not answer; still watching"})
			}
			silent, pause = silent+pause, min(2*pause, longPause)
		default:
			return verdict{}, s.told("watching the stack", err)
		}
		if v, ended := w.take(events); ended {
			return v, nil
		}
		// A canceled caller does not wait for the pause; the clock of a stopped watch is the clock all the same.
		select {
		case <-s.deps.After(pause + time.Duration(s.deps.Jitter()*float64(pause)/5)):
		case <-until(ctx, stopped):
		}
	}
}

// until gives a channel that is closed when ctx ends, or none where that was noticed already.
func until(ctx context.Context, noticed bool) <-chan struct{} {
	if noticed {
		return nil
	}
	return ctx.Done()
}

// events are the stack's events since the operation began, oldest first.
func (s *Sandbox) events(ctx context.Context, op operation) ([]types.StackEvent, error) {
	var out []types.StackEvent
	pages := cloudformation.NewDescribeStackEventsPaginator(s.cfn, &cloudformation.DescribeStackEventsInput{StackName: sdk.String(op.StackID)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		old := false
		for _, e := range page.StackEvents {
			if sdk.ToTime(e.Timestamp).Before(op.Started.Add(-time.Hour)) { // clocks differ; the token decides, this only ends the paging
				old = true
				continue
			}
			out = append(out, e)
		}
		if old {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b types.StackEvent) int {
		return cmp.Or(sdk.ToTime(a.Timestamp).Compare(sdk.ToTime(b.Timestamp)), cmp.Compare(sdk.ToString(a.EventId), sdk.ToString(b.EventId)))
	})
	return out, nil
}

// watcher keeps what was seen of one operation.
type watcher struct {
	op     operation
	tokens []string // of the operation, and of its cancellation, which then decides
	trace  map[string]string
	sink   event.Sink
	seen   map[string]bool
	all    []types.StackEvent
}

// take takes in events and tells whether the verdict is known.
func (w *watcher) take(events []types.StackEvent) (verdict, bool) {
	for _, e := range events {
		if w.seen[sdk.ToString(e.EventId)] || !slices.Contains(w.tokens, sdk.ToString(e.ClientRequestToken)) {
			continue
		}
		w.seen[sdk.ToString(e.EventId)] = true
		w.all = append(w.all, e)
		w.tell(e)
	}
	for _, token := range w.tokens {
		for _, e := range w.all {
			status := string(e.ResourceStatus)
			if sdk.ToString(e.PhysicalResourceId) == w.op.StackID && sdk.ToString(e.ClientRequestToken) == token && slices.Contains(terminal, status) {
				v := verdict{status: status}
				w.cause(&v)
				return v, true
			}
		}
	}
	return verdict{}, false
}

func (w *watcher) tell(e types.StackEvent) {
	logical, status, reason := sdk.ToString(e.LogicalResourceId), string(e.ResourceStatus), sdk.ToString(e.ResourceStatusReason)
	out := event.Event{Type: event.Resource, Node: w.trace[logical], Text: status, Level: event.Info, Time: sdk.ToTime(e.Timestamp),
		Data: event.Data{LogicalID: logical, Status: status, Reason: reason}}
	if strings.HasSuffix(status, "_FAILED") {
		out.Level = event.Error
	}
	if sdk.ToString(e.PhysicalResourceId) == w.op.StackID {
		out.Type, out.Text = event.Step, strings.TrimSpace("stack "+status+" "+reason)
	}
	w.sink(out)
}

// cause is the first failure by time that is not a consequence of another.
func (w *watcher) cause(v *verdict) {
	all := slices.Clone(w.all)
	slices.SortStableFunc(all, func(a, b types.StackEvent) int { return sdk.ToTime(a.Timestamp).Compare(sdk.ToTime(b.Timestamp)) })
	for _, e := range all {
		logical, reason := sdk.ToString(e.LogicalResourceId), sdk.ToString(e.ResourceStatusReason)
		if !strings.HasSuffix(string(e.ResourceStatus), "_FAILED") || sdk.ToString(e.PhysicalResourceId) == w.op.StackID {
			continue
		}
		if string(e.ResourceStatus) == "DELETE_FAILED" && !slices.Contains(v.failed, logical) {
			v.failed = append(v.failed, logical)
		}
		if v.reason == "" && !strings.Contains(reason, "cancelled") && reason != "" {
			v.reason, v.node = logical+": "+reason, w.trace[logical]
		}
	}
}

// verdictError is a bad verdict as an error: the first real cause, at its node.
func (s *Sandbox) verdictError(v verdict, canceled bool) error {
	if canceled {
		return fault.New(fault.Canceled, "stopped on request; the stack is %s", v.status).At(v.node)
	}
	why := v.reason
	if why == "" {
		why = "CloudFormation gives no reason"
	}
	return fault.New(fault.Invalid, "the deployment failed (%s): %s", v.status, why).At(cmp.Or(v.node, s.deps.Name)).Try("correct the cause and deploy again")
}
