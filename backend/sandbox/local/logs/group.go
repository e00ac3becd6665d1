package logs

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

const (
	groupType = "AWS::Logs::LogGroup"
	space     = "logs" // the namespace of groups and streams
)

// Simulation brings log groups and the CloudWatch Logs API over the store's entries.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
func (s *Store) Simulation() kind.Simulation {
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type:       groupType,
			Properties: []string{"LogGroupName", "RetentionInDays"},
			Ignored:    []string{"KmsKeyId", "LogGroupClass", "Tags", "DeletionProtectionEnabled"},
			Replace:    []string{"LogGroupName"},
			Create:     createGroup, Delete: deleteGroup,
		}},
		Services: []kind.Service{{Name: "logs", Serve: s.serve}},
	}
}

// born is when a group or a stream was made, in milliseconds: what was written before belongs to one of the same name that
// is gone.
type born struct {
	Created int64 `json:"created"`
}

func groupKey(group string) []byte { return []byte("g\x00" + group) }

func streamKey(group, stream string) []byte { return []byte("s\x00" + group + "\x00" + stream) }

func createGroup(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	if name, _ := in.Properties["LogGroupName"].(string); name != "" {
		in.PhysicalID = name
	}
	in.ARN = w.ARN("logs", "log-group:"+in.PhysicalID)
	if _, taken := w.Lookup(groupType, in.PhysicalID); taken {
		return in, fault.New(fault.Conflict, "a log group named %s exists already", in.PhysicalID)
	}
	in.Attributes = map[string]any{"Arn": in.ARN + ":*"}
	return in, w.State(space).Update(func(tx kind.Tx) error { return kind.Save(tx, groupKey(in.PhysicalID), born{w.Now().UnixMilli()}) })
}

func deleteGroup(_ context.Context, w kind.World, in kind.Instance) error {
	name := in.PhysicalID
	if given, _ := in.Properties["LogGroupName"].(string); given != "" {
		name = given
	}
	return w.State(space).Update(func(tx kind.Tx) error {
		if err := tx.DeletePrefix(streamKey(name, "")); err != nil {
			return err
		}
		return tx.Delete(groupKey(name))
	})
}

// group is a log group with what is in it.
type group struct {
	kind.Instance
	born      time.Time
	retention time.Duration // 0: for ever
}

func groupOf(w kind.World, in kind.Instance) (group, error) {
	g := group{Instance: in}
	if days, ok := in.Properties["RetentionInDays"].(int); ok {
		g.retention = time.Duration(days) * 24 * time.Hour
	}
	err := w.State(space).View(func(tx kind.Tx) error {
		var b born
		_, err := kind.Load(tx, groupKey(in.PhysicalID), &b)
		g.born = time.UnixMilli(b.Created)
		return err
	})
	return g, err
}

// since is the time before which nothing is in the group any more.
func (g group) since(now time.Time) time.Time {
	if g.retention > 0 && now.Add(-g.retention).After(g.born) {
		return now.Add(-g.retention)
	}
	return g.born
}

// stream is a log stream.
type stream struct {
	name                 string
	created, first, last time.Time // first and last are zero where it is empty
}

// streams are those that were made and those that functions wrote to, by name.
func (s *Store) streams(w kind.World, g group) ([]stream, error) {
	found := map[string]*stream{}
	at := func(name string) *stream {
		if found[name] == nil {
			found[name] = &stream{name: name}
		}
		return found[name]
	}
	err := w.State(space).View(func(tx kind.Tx) error {
		prefix := streamKey(g.PhysicalID, "")
		var bad error
		tx.Scan(prefix, nil, func(k, v []byte) bool {
			var b born
			bad = json.Unmarshal(v, &b)
			at(string(k[len(prefix):])).created = time.UnixMilli(b.Created)
			return bad == nil
		})
		return bad
	})
	if err != nil {
		return nil, err
	}
	entries, err := s.Read(Query{Since: g.since(w.Now()), Match: func(e Entry) bool { return e.Group == g.PhysicalID }})
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		st := at(e.Stream)
		if st.first.IsZero() || e.Time.Before(st.first) {
			st.first = e.Time
		}
		if e.Time.After(st.last) {
			st.last = e.Time
		}
		if st.created.IsZero() {
			st.created = e.Time
		}
	}
	var out []stream
	for _, st := range found {
		out = append(out, *st)
	}
	slices.SortFunc(out, func(a, b stream) int { return strings.Compare(a.name, b.name) })
	return out, nil
}
