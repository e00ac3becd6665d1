package logs

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

var protocol = awsapi.JSON{Version: "1.1", Refusal: "InvalidParameterException", Internal: "InternalFailure"}

func invalid(format string, args ...any) error {
	return awsapi.Errorf("InvalidParameterException", format, args...)
}

func absent(what string) error {
	return awsapi.Errorf("ResourceNotFoundException", "The specified log %s does not exist.", what)
}

// call is one request being answered.
type call struct {
	*Store
	w         kind.World
	who       kind.Principal
	operation string
	body      []byte
}

// operations are those that the embedded sandbox carries out.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
var operations = map[string]func(call) (any, error){
	"DescribeLogGroups": call.describeGroups, "DescribeLogStreams": call.describeStreams, "GetLogEvents": call.getEvents,
	"FilterLogEvents": call.filterEvents, "CreateLogStream": call.createStream, "PutLogEvents": call.putEvents,
}

func (s *Store) serve(_ context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
	run, known := operations[r.Operation]
	if !known {
		return protocol.Answer(w, nil, awsapi.Errorf("UnknownOperationException", "The embedded sandbox does not carry out %s of CloudWatch Logs.", r.Operation))
	}
	v, err := run(call{s, w, r.Principal, r.Operation, r.Body})
	return protocol.Answer(w, v, err)
}

func (c call) read(into any) error { return protocol.Read(c.operation, c.body, into) }

func (c call) allow(action, arn string) error {
	return c.w.Allow(kind.Access{Principal: c.who, Action: "logs:" + action, Resource: arn})
}

// group finds a group by name or ARN, and checks that the caller may do this to it, or to a stream of it.
func (c call) group(name, identifier, stream, action string) (group, error) {
	if name = cmp.Or(name, identifier); name == "" {
		return group{}, invalid("logGroupName is missing")
	}
	if _, rest, ok := strings.Cut(name, ":log-group:"); ok {
		name = strings.TrimSuffix(rest, ":*")
	}
	in, ok := c.w.Lookup(groupType, name)
	if !ok {
		return group{}, absent("group")
	}
	arn := in.ARN + ":*"
	if stream != "" {
		arn = in.ARN + ":log-stream:" + stream
	}
	if err := c.allow(action, arn); err != nil {
		return group{}, err
	}
	return groupOf(c.w, in)
}

func (c call) describeGroups() (any, error) {
	var in struct {
		LogGroupNamePrefix, LogGroupNamePattern, NextToken string
		Limit                                              int
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if err := c.allow("DescribeLogGroups", c.w.ARN("logs", "log-group:*")); err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for _, inst := range c.w.Instances(groupType) {
		if !strings.HasPrefix(inst.PhysicalID, in.LogGroupNamePrefix) || !strings.Contains(inst.PhysicalID, in.LogGroupNamePattern) {
			continue
		}
		g, err := groupOf(c.w, inst)
		if err != nil {
			return nil, err
		}
		m := map[string]any{"logGroupName": g.PhysicalID, "arn": g.ARN + ":*", "logGroupArn": g.ARN, "creationTime": g.born.UnixMilli(), "metricFilterCount": 0, "storedBytes": 0}
		if g.retention > 0 {
			m["retentionInDays"] = int(g.retention.Hours() / 24)
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b map[string]any) int {
		return strings.Compare(a["logGroupName"].(string), b["logGroupName"].(string))
	})
	page, next, err := paged(list, in.NextToken, cmp.Or(in.Limit, 50))
	return with(map[string]any{"logGroups": page}, "nextToken", next), err
}

func (c call) describeStreams() (any, error) {
	var in struct {
		LogGroupName, LogGroupIdentifier, LogStreamNamePrefix, OrderBy, NextToken string
		Descending                                                                bool
		Limit                                                                     int
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	g, err := c.group(in.LogGroupName, in.LogGroupIdentifier, "", "DescribeLogStreams")
	if err != nil {
		return nil, err
	}
	all, err := c.streams(c.w, g)
	if err != nil {
		return nil, err
	}
	if in.OrderBy == "LastEventTime" {
		slices.SortStableFunc(all, func(a, b stream) int { return a.last.Compare(b.last) })
	}
	if in.Descending {
		slices.Reverse(all)
	}
	list := []map[string]any{}
	for _, s := range all {
		if !strings.HasPrefix(s.name, in.LogStreamNamePrefix) {
			continue
		}
		m := map[string]any{"logStreamName": s.name, "arn": g.ARN + ":log-stream:" + s.name, "creationTime": s.created.UnixMilli(), "storedBytes": 0}
		if !s.first.IsZero() {
			m["firstEventTimestamp"], m["lastEventTimestamp"], m["lastIngestionTime"] = s.first.UnixMilli(), s.last.UnixMilli(), s.last.UnixMilli()
		}
		list = append(list, m)
	}
	page, next, err := paged(list, in.NextToken, cmp.Or(in.Limit, 50))
	return with(map[string]any{"logStreams": page}, "nextToken", next), err
}

func (c call) createStream() (any, error) {
	var in struct{ LogGroupName, LogStreamName string }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.LogStreamName == "" || strings.ContainsAny(in.LogStreamName, ":*\x00") {
		return nil, invalid("%q is no name of a log stream", in.LogStreamName)
	}
	g, err := c.group(in.LogGroupName, "", in.LogStreamName, "CreateLogStream")
	if err != nil {
		return nil, err
	}
	return nil, c.w.State(space).Update(func(tx kind.Tx) error {
		if tx.Get(streamKey(g.PhysicalID, in.LogStreamName)) != nil {
			return awsapi.Errorf("ResourceAlreadyExistsException", "The specified log stream already exists")
		}
		return kind.Save(tx, streamKey(g.PhysicalID, in.LogStreamName), born{c.w.Now().UnixMilli()})
	})
}

func (c call) putEvents() (any, error) {
	var in struct {
		LogGroupName, LogStreamName, SequenceToken string // the token is taken and means nothing since January 2023
		LogEvents                                  []struct {
			Timestamp int64
			Message   string
		}
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	g, err := c.group(in.LogGroupName, "", in.LogStreamName, "PutLogEvents")
	if err != nil {
		return nil, err
	}
	known, err := c.streams(c.w, g)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(known, func(s stream) bool { return s.name == in.LogStreamName }) {
		return nil, absent("stream")
	}
	if len(in.LogEvents) == 0 || len(in.LogEvents) > 10000 {
		return nil, invalid("a call takes 1 to 10,000 log events, these are %d", len(in.LogEvents))
	}
	for _, e := range in.LogEvents {
		if err := c.Append(Entry{Time: time.UnixMilli(e.Timestamp), Node: g.Node, Group: g.PhysicalID, Stream: in.LogStreamName, Text: strings.TrimSuffix(e.Message, "\n")}); err != nil {
			return nil, err
		}
	}
	return map[string]any{"nextSequenceToken": strconv.FormatInt(c.w.Now().UnixNano(), 10)}, nil
}

// millis is a time as the API writes it; zero is none.
func millis(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (c call) getEvents() (any, error) {
	var in struct {
		LogGroupName, LogGroupIdentifier, LogStreamName, NextToken string
		StartTime, EndTime                                         int64
		Limit                                                      int
		StartFromHead, Unmask                                      bool
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	g, err := c.group(in.LogGroupName, in.LogGroupIdentifier, in.LogStreamName, "GetLogEvents")
	if err != nil {
		return nil, err
	}
	limit := cmp.Or(in.Limit, 10000)
	q := Query{Since: later(millis(in.StartTime), g.since(c.w.Now())), Until: millis(in.EndTime),
		Match: func(e Entry) bool { return e.Group == g.PhysicalID && e.Stream == in.LogStreamName }}
	direction, token, _ := strings.Cut(in.NextToken, "/")
	at, err := strconv.ParseInt(cmp.Or(token, "0"), 10, 64)
	if err != nil || in.NextToken != "" && direction != "f" && direction != "b" {
		return nil, invalid("the specified nextToken is invalid")
	}
	if direction == "f" {
		q.After = at
	}
	all, err := c.Read(q)
	if err != nil {
		return nil, err
	}
	if direction == "b" {
		all = slices.DeleteFunc(all, func(e Entry) bool { return e.Seq >= at })
	}
	if len(all) > limit {
		if in.StartFromHead || direction == "f" {
			all = all[:limit]
		} else {
			all = all[len(all)-limit:]
		}
	}
	events := []map[string]any{}
	for _, e := range all {
		events = append(events, map[string]any{"timestamp": e.Time.UnixMilli(), "ingestionTime": e.Time.UnixMilli(), "message": e.Text})
	}
	first, last := at, at
	if len(all) > 0 {
		first, last = all[0].Seq, all[len(all)-1].Seq
	}
	return map[string]any{"events": events, "nextForwardToken": "f/" + strconv.FormatInt(last, 10), "nextBackwardToken": "b/" + strconv.FormatInt(first, 10)}, nil
}

func (c call) filterEvents() (any, error) {
	var in struct {
		LogGroupName, LogGroupIdentifier, LogStreamNamePrefix, FilterPattern, NextToken string
		LogStreamNames                                                                  []string
		StartTime, EndTime                                                              int64
		Limit                                                                           int
		Interleaved, Unmask, StartFromHead                                              bool
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	matches, err := pattern(in.FilterPattern)
	if err != nil {
		return nil, err
	}
	g, err := c.group(in.LogGroupName, in.LogGroupIdentifier, "", "FilterLogEvents")
	if err != nil {
		return nil, err
	}
	after, err := strconv.ParseInt(cmp.Or(in.NextToken, "0"), 10, 64)
	if err != nil {
		return nil, invalid("the specified nextToken is invalid")
	}
	all, err := c.Read(Query{After: after, Since: later(millis(in.StartTime), g.since(c.w.Now())), Until: millis(in.EndTime), Match: func(e Entry) bool {
		return e.Group == g.PhysicalID && strings.HasPrefix(e.Stream, in.LogStreamNamePrefix) &&
			(in.LogStreamNames == nil || slices.Contains(in.LogStreamNames, e.Stream)) && matches(e.Text)
	}})
	if err != nil {
		return nil, err
	}
	next := ""
	if limit := cmp.Or(in.Limit, 10000); len(all) > limit {
		all = all[:limit]
		next = strconv.FormatInt(all[limit-1].Seq, 10)
	}
	events := []map[string]any{}
	for _, e := range all {
		events = append(events, map[string]any{"logStreamName": e.Stream, "timestamp": e.Time.UnixMilli(), "ingestionTime": e.Time.UnixMilli(), "message": e.Text,
			"eventId": strconv.FormatInt(e.Seq, 10)})
	}
	return with(map[string]any{"events": events, "searchedLogStreams": []any{}}, "nextToken", next), nil
}

func with(m map[string]any, key, value string) map[string]any {
	if value != "" {
		m[key] = value
	}
	return m
}

// paged cuts a page out of a list; the token is the position.
func paged(list []map[string]any, token string, limit int) ([]map[string]any, string, error) {
	from, err := strconv.Atoi(cmp.Or(token, "0"))
	if err != nil || from < 0 || from > len(list) {
		return nil, "", invalid("the specified nextToken is invalid")
	}
	if list = list[from:]; len(list) > limit {
		return list[:limit], strconv.Itoa(from + limit), nil
	}
	return list, "", nil
}
