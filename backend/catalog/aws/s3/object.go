package s3

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"airloom/backend/kind"
)

// kept are the headers that an object gives back as they were sent with it.
var kept = []string{"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires"}

// describe reads what the headers say of a new object.
func (r *request) describe() (version, error) {
	v := version{key: r.key, Header: map[string]string{}, Meta: map[string]string{}, Class: strings.ToUpper(r.Get("X-Amz-Storage-Class"))}
	for _, name := range kept {
		if value := r.Get(name); value != "" {
			v.Header[name] = value
		}
	}
	if v.Header["Content-Type"] == "" {
		v.Header["Content-Type"] = "binary/octet-stream"
	}
	size := 0
	for name, values := range r.Header {
		if meta, ok := strings.CutPrefix(strings.ToLower(name), "x-amz-meta-"); ok {
			v.Meta[meta] = strings.Join(values, ",")
			size += len(meta) + len(v.Meta[meta])
		}
	}
	if size > 2048 {
		return v, fail(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
	}
	tags, err := parseTags(r.Get("X-Amz-Tagging"))
	v.Tags = tags
	return v, err
}

func (r *request) putObject() (answer, error) {
	v, err := r.describe()
	if err != nil {
		return answer{}, err
	}
	if err := r.allowWrite(v.Tags); err != nil {
		return answer{}, err
	}
	body, sum, err := r.payload()
	if err != nil {
		return answer{}, err
	}
	if sum.Algorithm == "" {
		sum = checksum{Algorithm: standard.name, Value: standard.sum(body)}
	}
	v.Checksum = sum
	if err := r.store(&v, body); err != nil {
		return answer{}, err
	}
	r.tell("ObjectCreated:Put", v)
	return answer{header: r.written(v)}, nil
}

// allowWrite checks what a new object needs.
func (r *request) allowWrite(tags []tag) error {
	if err := r.allow("PutObject", r.key, nil); err != nil {
		return err
	}
	if r.Get("If-Match") != "" {
		if err := r.allow("GetObject", r.key, nil); err != nil {
			return err
		}
	}
	if len(tags) > 0 {
		return r.allow("PutObjectTagging", r.key, nil)
	}
	return nil
}

// store writes a new object of one part, if the conditions hold.
func (r *request) store(v *version, body []byte) error {
	return r.w.State(space).Update(func(tx kind.Tx) error {
		if err := r.mayWrite(tx); err != nil {
			return err
		}
		p, err := write(r.w, tx, body)
		if err != nil {
			return err
		}
		v.ETag, v.Size, v.Parts = p.ETag, p.Size, []part{p}
		return put(r.w, tx, r.in, v)
	})
}

// written are the headers that answer a write.
func (r *request) written(v version) map[string]string {
	h := map[string]string{"Etag": quote(v.ETag), "X-Amz-Server-Side-Encryption": "AES256", "X-Amz-Version-Id": r.versionID(v)}
	for name, value := range v.Checksum.headers() {
		h[name] = value
	}
	return h
}

func (c checksum) headers() map[string]string {
	a, ok := algorithmOf(c.Algorithm)
	if !ok {
		return nil
	}
	return map[string]string{a.header(): c.Value, "X-Amz-Checksum-Type": c.kind()}
}

// versionID is shown where the bucket keeps or has kept versions.
func (r *request) versionID(v version) string {
	if versioning(r.in) == "" {
		return ""
	}
	return v.ID
}

// getObject answers GetObject and HeadObject.
func (r *request) getObject() (answer, error) {
	var a answer
	err := r.reading(r.bucket, r.key, r.query.Get("versionId"), func(tx kind.Tx, v version) error {
		if err := r.mayRead(v); err != nil {
			return err
		}
		at, length, partial, err := r.span(v)
		if err != nil {
			return err
		}
		a.header = r.describing(v)
		a.header["Content-Length"] = strconv.FormatInt(length, 10)
		if partial {
			a.status = 206
			a.header["Content-Range"] = fmt.Sprintf("bytes %d-%d/%d", at, at+length-1, v.Size)
		} else if strings.EqualFold(r.Get("X-Amz-Checksum-Mode"), "ENABLED") {
			for name, value := range v.Checksum.headers() {
				a.header[name] = value
			}
		}
		if n := r.query.Get("partNumber"); n != "" && v.Multipart {
			a.header["X-Amz-Mp-Parts-Count"] = strconv.Itoa(len(v.Parts))
		}
		if r.Method == head {
			return nil
		}
		a.body, err = load(tx, v.Parts, at, length)
		return err
	})
	return a, err
}

// reading reads a version that the caller may get. Who may not list the bucket is not told what is not there.
func (r *request) reading(bucket, key, id string, do func(kind.Tx, version) error) error {
	action := "GetObject"
	if id != "" {
		action = "GetObjectVersion"
	}
	in, ok := r.w.Lookup(bucketType, bucket)
	if !ok {
		return noBucket()
	}
	if err := r.allowAt(action, in.ARN, key, nil); err != nil {
		return err
	}
	err := r.w.State(space).View(func(tx kind.Tx) error {
		v, err := readable(tx, bucket, key, id)
		if err != nil {
			return err
		}
		return do(tx, v)
	})
	var e apiError
	if errors.As(err, &e) && e.status == 404 && r.allowAt("ListBucket", in.ARN, "", nil) != nil {
		return fail(403, "AccessDenied", "Access Denied")
	}
	return err
}

// readable finds a version that has data.
func readable(tx kind.Tx, bucket, key, id string) (version, error) {
	v, ok, err := find(tx, bucket, key, id)
	e := fail(404, "NoSuchKey", "The specified key does not exist.")
	switch {
	case err != nil || ok && !v.Marker:
		return v, err
	case !ok && id != "":
		return v, fail(404, "NoSuchVersion", "The specified version does not exist.")
	case !ok:
		return v, e
	case id != "":
		e = fail(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	}
	e.header = map[string]string{"X-Amz-Delete-Marker": "true", "X-Amz-Version-Id": v.ID}
	return v, e
}

// describing are the headers of an object.
func (r *request) describing(v version) map[string]string {
	h := map[string]string{"Etag": quote(v.ETag), "Last-Modified": httpTime(v.Modified), "Accept-Ranges": "bytes", "X-Amz-Server-Side-Encryption": "AES256",
		"X-Amz-Version-Id": r.versionID(v)}
	for name, value := range v.Header {
		h[name] = value
	}
	for name, value := range v.Meta {
		h["x-amz-meta-"+name] = value
	}
	if v.Class != "" && v.Class != "STANDARD" {
		h["X-Amz-Storage-Class"] = v.Class
	}
	if len(v.Tags) > 0 {
		h["X-Amz-Tagging-Count"] = strconv.Itoa(len(v.Tags))
	}
	for _, name := range kept {
		if value := r.query.Get("response-" + strings.ToLower(name)); value != "" {
			h[name] = value
		}
	}
	return h
}

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

func quote(etag string) string   { return `"` + etag + `"` }
func unquote(etag string) string { return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`) }

func httpTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
}

func isoTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }
