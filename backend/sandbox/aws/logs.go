package aws

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

const (
	lookBack  = 15 * time.Minute
	lineLimit = 1000
	overlap   = 30 * time.Second // lines arrive late: each look covers a bit of the one before
)

var requestID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// Logs gives past lines of the deployed log groups, oldest first, and with Follow goes on until ctx ends.
func (s *Sandbox) Logs(ctx context.Context, q sandbox.LogQuery, sink event.Sink) error {
	dep, err := s.Deployment(ctx)
	if err != nil {
		return err
	}
	groups := map[string]string{} // name → node
	for _, r := range dep.Resources {
		if r.Type == "AWS::Logs::LogGroup" && (q.Node == "" || r.Node == q.Node) {
			groups[r.PhysicalID] = r.Node
		}
	}
	if len(groups) == 0 {
		return fault.New(fault.NotFound, "nothing that writes logs is deployed").At(cmp.Or(q.Node, s.deps.Name))
	}
	since := q.Since
	if since.IsZero() {
		since = s.deps.Now().Add(-lookBack)
	}
	limit := q.Limit
	if limit == 0 {
		limit = lineLimit
	}
	seen := map[string]time.Time{}
	for {
		lines, err := s.lines(ctx, groups, q.Filter, since)
		if err != nil {
			return err
		}
		if !q.Follow && len(lines) > limit {
			lines = lines[len(lines)-limit:]
		}
		for _, l := range lines {
			if _, ok := seen[l.id]; !ok {
				seen[l.id] = l.Time
				sink(l.Event)
			}
			if l.Time.Add(-overlap).After(since) {
				since = l.Time.Add(-overlap)
			}
		}
		if !q.Follow {
			return nil
		}
		for id, at := range seen {
			if at.Before(since) {
				delete(seen, id)
			}
		}
		if err := s.sleep(ctx, 2*time.Second); fault.CodeOf(err) == fault.Canceled {
			return nil // the follower has left
		}
	}
}

type logLine struct {
	event.Event
	id string
}

func (s *Sandbox) lines(ctx context.Context, groups map[string]string, filter string, since time.Time) ([]logLine, error) {
	var out []logLine
	for _, group := range sortedKeys(groups) {
		in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: sdk.String(group), StartTime: sdk.Int64(since.UnixMilli())}
		if filter != "" {
			in.FilterPattern = sdk.String(`"` + strings.ReplaceAll(filter, `"`, `\"`) + `"`)
		}
		pages := cloudwatchlogs.NewFilterLogEventsPaginator(s.logs, in)
		for pages.HasMorePages() {
			var page *cloudwatchlogs.FilterLogEventsOutput
			if err := s.again(ctx, "reading the logs", func() (err error) { page, err = pages.NextPage(ctx); return err }); err != nil {
				return nil, err
			}
			for _, e := range page.Events {
				out = append(out, line(e, groups[group]))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b logLine) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.id, b.id)) })
	return out, nil
}

func line(e types.FilteredLogEvent, node string) logLine {
	text := strings.TrimRight(sdk.ToString(e.Message), "\n")
	return logLine{id: sdk.ToString(e.EventId), Event: event.Event{Type: event.Log, Node: node, Text: text, Level: event.Info,
		Time: time.UnixMilli(sdk.ToInt64(e.Timestamp)).UTC(), Data: event.Data{RequestID: requestID.FindString(text)}}}
}
