package design

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"airloom/backend/fault"
)

// The text snapshot holds one record a line, sorted, so that git shows and merges changes record by record. It is JSON:
// an array of a header and tagged records.
const (
	snapshotFormat  = "airloom.design/1"
	maxSnapshot     = 64 << 20
	conflictMarkers = "<<<<<<< "
)

type header struct {
	Format string `json:"format"`
}

// line is one record of the snapshot: exactly one of its fields is set.
type line struct {
	Setting *Setting `json:"setting,omitempty"`
	Node    *Node    `json:"node,omitempty"`
	Edge    *Edge    `json:"edge,omitempty"`
}

// Marshal prints a design as its text snapshot: same design, same bytes. The revision is not part of it.
func Marshal(d Design) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	first := true
	write := func(v any) error {
		if first {
			out.WriteString("[")
		} else {
			out.Truncate(out.Len() - 1) // the encoder's line break
			out.WriteString(",\n")
		}
		first = false
		return enc.Encode(v)
	}
	errs := []error{write(header{snapshotFormat})}
	for _, id := range sortedIDs(d.Settings) {
		s := d.Settings[id]
		errs = append(errs, write(line{Setting: &s}))
	}
	for _, id := range d.NodeIDs() {
		n := d.Nodes[id]
		errs = append(errs, write(line{Node: &n}))
	}
	for _, id := range d.EdgeIDs() {
		e := d.Edges[id]
		errs = append(errs, write(line{Edge: &e}))
	}
	out.Truncate(out.Len() - 1)
	out.WriteString("]\n")
	if err := errors.Join(errs...); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "writing the snapshot")
	}
	return out.Bytes(), nil
}

// Unmarshal reads a text snapshot strictly: unknown fields, double ids, illegal records and the marks of an unfinished merge are
// fault.Invalid with the line they stand on.
func Unmarshal(text []byte) (Design, error) {
	if len(text) > maxSnapshot {
		return Design{}, fault.New(fault.Limit, "the text snapshot is larger than %d MB", maxSnapshot>>20)
	}
	if i := bytes.Index(text, []byte(conflictMarkers)); i == 0 || i > 0 && text[i-1] == '\n' {
		return Design{}, fault.New(fault.Invalid, "line %d: a merge is not finished (%s)", lineAt(text, i), strings.TrimSpace(conflictMarkers)).
			Try("keep the records of one side, or of both, and remove the marks")
	}
	d := New()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	at := func(err error) error {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the text ends too early")
		}
		return fault.New(fault.Invalid, "line %d of the text snapshot: %s", lineAt(text, int(dec.InputOffset())), err)
	}
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return d, fault.New(fault.Invalid, "this is no text snapshot of a design")
	}
	var h header
	if err := dec.Decode(&h); err != nil {
		return d, at(err)
	}
	if h.Format != snapshotFormat {
		return d, fault.New(fault.Unsupported, "the text snapshot has the format %q, this version reads %q", h.Format, snapshotFormat).Try("use a newer version of Airloom")
	}
	for dec.More() {
		var l line
		if err := dec.Decode(&l); err != nil {
			return d, at(err)
		}
		if err := l.addTo(&d); err != nil {
			return d, at(err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return d, at(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return d, at(errors.New("there is text after the end"))
	}
	return d, Validate(d)
}

func (l line) addTo(d *Design) error {
	n := 0
	var id ID
	var double bool
	if l.Setting != nil {
		n, id, double = n+1, l.Setting.ID, has(d.Settings, l.Setting.ID)
		d.Settings[id] = *l.Setting
	}
	if l.Node != nil {
		n, id, double = n+1, l.Node.ID, has(d.Nodes, l.Node.ID)
		d.Nodes[id] = *l.Node
	}
	if l.Edge != nil {
		n, id, double = n+1, l.Edge.ID, has(d.Edges, l.Edge.ID)
		d.Edges[id] = *l.Edge
	}
	switch {
	case n != 1:
		return errors.New("a line holds one setting, node or edge")
	case double:
		return fmt.Errorf("the id %q stands twice", id)
	}
	return nil
}

func lineAt(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), len(text))], []byte("\n"))
}

func canonical(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var out any
	if json.Unmarshal(text, &out) != nil {
		return v
	}
	return out
}
