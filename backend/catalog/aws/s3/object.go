package s3

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/url"
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
	id := r.query.Get("versionId")
	var a answer
	err := r.w.State(space).View(func(tx kind.Tx) error {
		v, err := r.readable(tx, r.bucket, r.key, id)
		if err != nil {
			return err
		}
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
		if r.Method == "HEAD" {
			return nil
		}
		a.body, err = load(tx, v.Parts, at, length)
		return err
	})
	return a, err
}

// readable finds a version that the caller may read. Who may not list the bucket is not told what is not there.
func (r *request) readable(tx kind.Tx, bucket, key, id string) (version, error) {
	action := "GetObject"
	if id != "" {
		action = "GetObjectVersion"
	}
	in, ok := r.w.Lookup(bucketType, bucket)
	if !ok {
		return version{}, noBucket()
	}
	if err := r.allowAt(action, in.ARN, key, nil); err != nil {
		return version{}, err
	}
	v, ok, err := find(tx, bucket, key, id)
	switch {
	case err != nil:
		return v, err
	case ok && v.Marker:
		gone := fail(404, "NoSuchKey", "The specified key does not exist.")
		if id != "" {
			gone = fail(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
		}
		gone.header = map[string]string{"X-Amz-Delete-Marker": "true", "X-Amz-Version-Id": v.ID}
		return v, gone
	case !ok && r.allowAt("ListBucket", in.ARN, "", nil) != nil:
		return v, fail(403, "AccessDenied", "Access Denied")
	case !ok && id != "":
		return v, fail(404, "NoSuchVersion", "The specified version does not exist.")
	case !ok:
		return v, fail(404, "NoSuchKey", "The specified key does not exist.")
	}
	return v, nil
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

func (r *request) deleteObject() (answer, error) {
	id := r.query.Get("versionId")
	if err := r.allow(deletion(id), r.key, nil); err != nil {
		return answer{}, err
	}
	var done removal
	err := r.w.State(space).Update(func(tx kind.Tx) error {
		if want := r.Get("If-Match"); want != "" {
			v, ok, err := newest(tx, r.bucket, r.key)
			if err != nil {
				return err
			}
			if !ok || want != "*" && unquote(want) != v.ETag {
				return failedCondition()
			}
		}
		var err error
		done, err = remove(r.w, tx, r.in, r.key, id)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	r.tellRemoved(done)
	a := answer{status: 204, header: map[string]string{}}
	if versioning(r.in) != "" {
		a.header["X-Amz-Version-Id"] = done.version.ID
		if done.version.Marker {
			a.header["X-Amz-Delete-Marker"] = "true"
		}
	}
	return a, nil
}

func deletion(id string) string {
	if id != "" {
		return "DeleteObjectVersion"
	}
	return "DeleteObject"
}

type deletedObject struct {
	Key             string
	VersionID       string `xml:"VersionId,omitempty"`
	DeleteMarker    bool   `xml:",omitempty"`
	MarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
}

type failedDeletion struct {
	Key       string
	VersionID string `xml:"VersionId,omitempty"`
	Code      string
	Message   string
}

func (r *request) deleteObjects() (answer, error) {
	var in struct {
		Quiet   bool
		Objects []struct {
			Key       string
			VersionID string `xml:"VersionId"`
			ETag      string
		} `xml:"Object"`
	}
	if err := r.read(&in); err != nil {
		return answer{}, err
	}
	if len(in.Objects) == 0 || len(in.Objects) > 1000 {
		return answer{}, fail(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	var out struct {
		XMLName xml.Name         `xml:"http://s3.amazonaws.com/doc/2006-03-01/ DeleteResult"`
		Deleted []deletedObject  `xml:"Deleted"`
		Error   []failedDeletion `xml:"Error"`
	}
	for _, o := range in.Objects {
		var done removal
		err := r.allow(deletion(o.VersionID), o.Key, nil)
		if err == nil {
			err = r.w.State(space).Update(func(tx kind.Tx) error {
				v, ok, err := newest(tx, r.bucket, o.Key)
				if err != nil {
					return err
				}
				if o.ETag != "" && (!ok || unquote(o.ETag) != v.ETag) {
					return failedCondition()
				}
				done, err = remove(r.w, tx, r.in, o.Key, o.VersionID)
				return err
			})
		}
		if err != nil {
			e := asAPI(err)
			out.Error = append(out.Error, failedDeletion{o.Key, o.VersionID, e.code, e.message})
			continue
		}
		r.tellRemoved(done)
		if in.Quiet {
			continue
		}
		d := deletedObject{Key: o.Key, VersionID: o.VersionID, DeleteMarker: done.version.Marker}
		if done.version.Marker {
			d.MarkerVersionID = done.version.ID
		}
		out.Deleted = append(out.Deleted, d)
	}
	return answer{document: out}, nil
}

// source is the object that a copy reads.
func (r *request) copySource() (bucket, key, id string, err error) {
	from, query, _ := strings.Cut(r.Get("X-Amz-Copy-Source"), "?")
	from, e1 := url.PathUnescape(from)
	q, e2 := url.ParseQuery(query)
	bucket, key, ok := strings.Cut(strings.TrimPrefix(from, "/"), "/")
	if e1 != nil || e2 != nil || !ok || key == "" {
		return "", "", "", fail(400, "InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	return bucket, key, q.Get("versionId"), nil
}

func (r *request) copyObject() (answer, error) {
	bucket, key, id, err := r.copySource()
	if err != nil {
		return answer{}, err
	}
	fresh, err := r.describe()
	if err != nil {
		return answer{}, err
	}
	replaceMeta, replaceTags := r.Get("X-Amz-Metadata-Directive") == "REPLACE", r.Get("X-Amz-Tagging-Directive") == "REPLACE"
	if bucket == r.bucket && key == r.key && id == "" && !replaceMeta && fresh.Class == "" {
		return answer{}, fail(400, "InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	var from version
	var body []byte
	if err := r.w.State(space).View(func(tx kind.Tx) error {
		var err error
		if from, err = r.readable(tx, bucket, key, id); err != nil {
			return err
		}
		if err = r.mayCopy(from); err != nil {
			return err
		}
		body, err = from.data(tx)
		return err
	}); err != nil {
		return answer{}, err
	}
	v := fresh
	if !replaceMeta {
		v.Header, v.Meta = from.Header, from.Meta
	}
	if !replaceTags {
		v.Tags = from.Tags
	}
	if err := r.allowWrite(v.Tags); err != nil {
		return answer{}, err
	}
	use := standard
	if name := cmp.Or(r.Get("X-Amz-Checksum-Algorithm"), from.Checksum.Algorithm); name != "" {
		var ok bool
		if use, ok = algorithmOf(name); !ok {
			return answer{}, unsupported("the embedded sandbox does not compute the checksum %s", name)
		}
	}
	v.Checksum = checksum{Algorithm: use.name, Value: use.sum(body)}
	if err := r.store(&v, body); err != nil {
		return answer{}, err
	}
	r.tell("ObjectCreated:Copy", v)
	h := map[string]string{"X-Amz-Server-Side-Encryption": "AES256", "X-Amz-Version-Id": r.versionID(v)}
	if id != "" {
		h["X-Amz-Copy-Source-Version-Id"] = id
	}
	return answer{header: h, document: copied{XMLName: xml.Name{Space: namespace, Local: "CopyObjectResult"}, ETag: quote(v.ETag), LastModified: isoTime(v.Modified),
		sums: sumsOf(v.Checksum), ChecksumType: v.Checksum.kind()}}, nil
}

type copied struct {
	XMLName      xml.Name
	LastModified string
	ETag         string
	sums
	ChecksumType string `xml:",omitempty"`
}

// sums are checksums as XML has them.
type sums struct {
	CRC32     string `xml:"ChecksumCRC32,omitempty"`
	CRC32C    string `xml:"ChecksumCRC32C,omitempty"`
	CRC64NVME string `xml:"ChecksumCRC64NVME,omitempty"`
	SHA1      string `xml:"ChecksumSHA1,omitempty"`
	SHA256    string `xml:"ChecksumSHA256,omitempty"`
	SHA512    string `xml:"ChecksumSHA512,omitempty"`
	MD5       string `xml:"ChecksumMD5,omitempty"`
}

func (s *sums) field(algorithm string) *string {
	return map[string]*string{"CRC32": &s.CRC32, "CRC32C": &s.CRC32C, "CRC64NVME": &s.CRC64NVME, "SHA1": &s.SHA1, "SHA256": &s.SHA256, "SHA512": &s.SHA512, "MD5": &s.MD5}[algorithm]
}

func sumsOf(c checksum) sums {
	var s sums
	if f := s.field(c.Algorithm); f != nil {
		*f = c.Value
	}
	return s
}

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

func quote(etag string) string   { return `"` + etag + `"` }
func unquote(etag string) string { return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`) }

func httpTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
}

func isoTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }
