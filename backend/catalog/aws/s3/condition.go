package s3

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"airloom/backend/kind"
)

// mayWrite checks the conditions of a write.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
func (r *request) mayWrite(tx kind.Tx) error {
	match, none := r.Get("If-Match"), r.Get("If-None-Match")
	if match == "" && none == "" {
		return nil
	}
	if none != "" && none != "*" || match != "" && none != "" {
		return unsupported("A header you provided implies functionality that is not implemented")
	}
	v, ok, err := newest(tx, r.bucket, r.key)
	switch {
	case err != nil:
		return err
	case none != "" && ok:
		return failedCondition()
	case match != "" && !ok:
		return fail(404, "NoSuchKey", "The specified key does not exist.")
	case match != "" && unquote(match) != v.ETag:
		return failedCondition()
	}
	return nil
}

// mayRead checks the conditions of a read: an entity tag outweighs a time.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
func (r *request) mayRead(v version) error {
	switch conditions(v, r.Get("If-Match"), r.Get("If-None-Match"), r.Get("If-Modified-Since"), r.Get("If-Unmodified-Since")) {
	case changed:
		return failedCondition()
	case unchanged:
		e := fail(304, "NotModified", "Not Modified")
		e.header = map[string]string{"Etag": quote(v.ETag), "Last-Modified": httpTime(v.Modified)}
		return e
	}
	return nil
}

// mayCopy checks the conditions on the source of a copy.
func (r *request) mayCopy(v version) error {
	const p = "X-Amz-Copy-Source-If-"
	if conditions(v, r.Get(p+"Match"), r.Get(p+"None-Match"), r.Get(p+"Modified-Since"), r.Get(p+"Unmodified-Since")) != holds {
		return failedCondition()
	}
	return nil
}

type outcome int

const (
	holds     outcome = iota
	changed           // If-Match or If-Unmodified-Since fails
	unchanged         // If-None-Match or If-Modified-Since fails
)

func conditions(v version, match, none, modified, unmodified string) outcome {
	if match != "" {
		if !tagged(match, v.ETag) {
			return changed
		}
	} else if t, ok := moment(unmodified); ok && v.Modified/1000 > t {
		return changed
	}
	if none != "" {
		if tagged(none, v.ETag) {
			return unchanged
		}
	} else if t, ok := moment(modified); ok && v.Modified/1000 <= t {
		return unchanged
	}
	return holds
}

// tagged tells whether a list of entity tags has one.
func tagged(list, etag string) bool {
	return slices.ContainsFunc(items(list), func(t string) bool { return t == "*" || unquote(t) == etag })
}

// moment reads a time of a header in seconds since 1970; one that cannot be read does not count.
func moment(text string) (int64, bool) {
	for _, layout := range []string{time.RFC1123, time.RFC850, time.ANSIC, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

// span is the part of an object that a read asks for, by range or by number of part.
func (r *request) span(v version) (at, length int64, partial bool, err error) {
	if n := r.query.Get("partNumber"); n != "" {
		number, err := strconv.Atoi(n)
		if err != nil || number < 1 || number > 10000 {
			return 0, 0, false, fail(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
		}
		for i, p := range v.Parts {
			if p.Number == number || !v.Multipart && number == 1 {
				return at, p.Size, v.Multipart && len(v.Parts) > 1, nil
			}
			at += v.Parts[i].Size
		}
		return 0, 0, false, fail(416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
	}
	return window(r.Get("Range"), v.Size)
}

// window reads a range header. What is no single range of bytes asks for the whole object, as S3 has it.
func window(header string, size int64) (at, length int64, partial bool, err error) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	from, e1 := strconv.ParseInt(first, 10, 64)
	to, e2 := strconv.ParseInt(last, 10, 64)
	whole := !ok || !dash || first != "" && e1 != nil || last != "" && e2 != nil || first == "" && last == "" || first != "" && last != "" && from > to
	if whole {
		return 0, size, false, nil
	}
	if first == "" { // the last so many bytes
		from, to = max(size-to, 0), size-1
		if last == "0" {
			from = size
		}
	} else if last == "" || to >= size {
		to = size - 1
	}
	if from >= size {
		e := fail(416, "InvalidRange", "The requested range is not satisfiable")
		e.header = map[string]string{"Content-Range": "bytes */" + strconv.FormatInt(size, 10)}
		return 0, 0, false, e
	}
	return from, to - from + 1, true, nil
}
