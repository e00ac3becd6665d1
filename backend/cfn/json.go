package cfn

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"airloom/backend/fault"
)

// jsonReader reads JSON token by token, because the decoder's own tree would let the last of two equal keys win
// silently, forget the lines, and allocate before anything was counted.
type jsonReader struct {
	data   []byte
	dec    *json.Decoder
	offset int64
	line   int
	at     trail
	budget budget
}

func readJSON(data []byte) (*node, error) {
	r := &jsonReader{data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
	r.dec.UseNumber()
	n, err := r.value()
	if err != nil {
		return nil, err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, r.syntax(errors.New("more text after the end of the document"))
	}
	return n, nil
}

// syntaxError marks text that is not JSON at all, in distinction to JSON that is refused.
type syntaxError struct{ fault *fault.Error }

func (e syntaxError) Error() string { return e.fault.Error() }
func (e syntaxError) Unwrap() error { return e.fault }

func (r *jsonReader) syntax(err error) error {
	at := r.dec.InputOffset()
	var s *json.SyntaxError
	if errors.As(err, &s) {
		at = s.Offset
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err, at = errors.New("the document ends too early"), int64(len(r.data))
	}
	r.advance(at)
	return syntaxError{r.at.fail(r.line, "not valid JSON: %s", err)}
}

func (r *jsonReader) advance(to int64) {
	if to = min(to, int64(len(r.data))); to > r.offset {
		r.line += bytes.Count(r.data[r.offset:to], []byte{'\n'})
		r.offset = to
	}
}

func (r *jsonReader) token() (json.Token, error) {
	t, err := r.dec.Token()
	if err != nil {
		return nil, r.syntax(err)
	}
	r.advance(r.dec.InputOffset())
	return t, nil
}

func (r *jsonReader) value() (*node, error) {
	t, err := r.token()
	if err != nil {
		return nil, err
	}
	if err := r.budget.count(r.line, &r.at); err != nil {
		return nil, err
	}
	n := &node{line: r.line}
	switch v := t.(type) {
	case json.Delim:
		if err := r.budget.enter(r.line, &r.at); err != nil {
			return nil, err
		}
		defer r.budget.leave()
		if v == '[' {
			n.kind = listNode
			err = r.list(n)
		} else {
			n.kind = mapNode
			err = r.object(n)
		}
		return n, err
	case json.Number:
		if n.scalar, err = number(v.String()); err != nil {
			return nil, r.at.fail(r.line, "%s", err)
		}
	default:
		n.scalar = v
	}
	return n, nil
}

func (r *jsonReader) list(n *node) error {
	for i := 0; r.dec.More(); i++ {
		r.at.index(i)
		item, err := r.value()
		if err != nil {
			return err
		}
		r.at.pop()
		n.items = append(n.items, item)
	}
	_, err := r.token()
	return err
}

func (r *jsonReader) object(n *node) error {
	seen := map[string]int{}
	for r.dec.More() {
		t, err := r.token()
		if err != nil {
			return err
		}
		key := t.(string) // the decoder admits nothing else before a colon
		if first, ok := seen[key]; ok {
			return r.at.fail(r.line, "the key %q stands twice, first in line %d", shorten(key), first)
		}
		seen[key] = r.line
		if err := r.budget.count(r.line, &r.at); err != nil {
			return err
		}
		r.at.push(key)
		item, err := r.value()
		if err != nil {
			return err
		}
		r.at.pop()
		n.keys, n.items = append(n.keys, key), append(n.items, item)
	}
	_, err := r.token()
	return err
}

// number reads a JSON number: a whole one is an int, so that it prints as it stood.
func number(text string) (any, error) {
	if !strings.ContainsAny(text, ".eE") {
		i, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("the number " + shorten(text) + " is too large to be kept exactly; write it as text")
		}
		return int(i), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, errors.New("the number " + shorten(text) + " is out of range")
	}
	return whole(f), nil
}

// whole gives an int for a number without a fraction that an int holds exactly.
func whole(f float64) any {
	if f == math.Trunc(f) && math.Abs(f) < 1<<62 {
		return int(f)
	}
	return f
}
