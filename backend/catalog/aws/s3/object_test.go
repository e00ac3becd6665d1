package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestObjectComesBackAsItWasSent(t *testing.T) {
	p := newPlace(t, nil)
	put := p.ok("PUT /box/a%20b/%C3%BC+c?x-id=PutObject", "hello world", "Content-Type", "text/plain", "Cache-Control", "no-store", "X-Amz-Meta-Who", "me", "X-Amz-Tagging", "x=1&y=two")
	if got := header(put, "Etag"); got != `"5eb63bbbe01eeed093cb22bb8f5acdc3"` {
		t.Errorf("the entity tag is %s", got)
	}
	get := p.ok("GET /box/a%20b/%C3%BC+c", "")
	if string(get.Body) != "hello world" {
		t.Errorf("the body is %q", get.Body)
	}
	for name, want := range map[string]string{"Content-Type": "text/plain", "Cache-Control": "no-store", "x-amz-meta-who": "me", "X-Amz-Tagging-Count": "2",
		"Content-Length": "11", "Last-Modified": "Sun, 01 Mar 2026 12:00:00 GMT", "Accept-Ranges": "bytes", "X-Amz-Version-Id": ""} {
		if got := header(get, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if head := p.ok("HEAD /box/a%20b/%C3%BC+c", ""); len(head.Body) > 0 || header(head, "Content-Length") != "11" {
		t.Errorf("HEAD gave %d bytes and the length %q", len(head.Body), header(head, "Content-Length"))
	}
	if got := p.ok("GET /box/a%20b/%C3%BC+c?response-content-type=image%2Fpng", ""); header(got, "Content-Type") != "image/png" {
		t.Errorf("the type asked for is %q", header(got, "Content-Type"))
	}
	p.ok("DELETE /box/a%20b/%C3%BC+c", "")
	p.refused(404, "NoSuchKey", "GET /box/a%20b/%C3%BC+c", "")
	p.ok("DELETE /box/a%20b/%C3%BC+c", "")
}

func TestBucketByHost(t *testing.T) {
	for host, want := range map[string]string{"box.127.0.0.1:4566": "box", "box.s3.127.0.0.1:4566": "box", "box.s3.amazonaws.com": "box", "a.box.s3.us-east-1.amazonaws.com": "a.box",
		"127.0.0.1:4566": "", "s3.amazonaws.com": "", "box.s3.a.b.amazonaws.com": "", "sqs.us-east-1.amazonaws.com": ""} {
		if got := virtual(host, "http://127.0.0.1:4566"); got != want {
			t.Errorf("%s names %q, want %q", host, got, want)
		}
	}
}

func TestRanges(t *testing.T) {
	p := newPlace(t, nil)
	p.ok("PUT /box/k", "0123456789")
	for asked, want := range map[string]struct{ body, span string }{
		"bytes=0-3": {"0123", "bytes 0-3/10"}, "bytes=4-": {"456789", "bytes 4-9/10"}, "bytes=-3": {"789", "bytes 7-9/10"}, "bytes=8-99": {"89", "bytes 8-9/10"},
		"bytes=-99": {"0123456789", "bytes 0-9/10"}, "bytes=3-1": {"0123456789", ""}, "bytes=0-1,3-4": {"0123456789", ""}, "lines=1-2": {"0123456789", ""},
	} {
		got := p.ok("GET /box/k", "", "Range", asked)
		if string(got.Body) != want.body || header(got, "Content-Range") != want.span || (got.Status == 206) != (want.span != "") {
			t.Errorf("%s gave %d %q %q, want %q %q", asked, got.Status, got.Body, header(got, "Content-Range"), want.body, want.span)
		}
	}
	for _, asked := range []string{"bytes=10-", "bytes=-0"} {
		if got := p.refused(416, "InvalidRange", "GET /box/k", "", "Range", asked); header(got, "Content-Range") != "bytes */10" {
			t.Errorf("%s: the range is %q", asked, header(got, "Content-Range"))
		}
	}
}

func TestLargeObjectsAreCut(t *testing.T) {
	p := newPlace(t, nil)
	body := make([]byte, 3*pieceSize+17)
	for i := range body {
		body[i] = byte(i >> 8)
	}
	p.ok("PUT /box/k", string(body))
	if got := p.ok("GET /box/k", ""); !bytes.Equal(got.Body, body) {
		t.Error("the object is not what was sent")
	}
	from, to := pieceSize-5, 2*pieceSize+5
	if got := p.ok("GET /box/k", "", "Range", fmt.Sprintf("bytes=%d-%d", from, to)); !bytes.Equal(got.Body, body[from:to+1]) {
		t.Error("a range over three pieces is not what was sent")
	}
	p.ok("PUT /box/k", "small")
	if n := p.pieces(); n != 1 {
		t.Errorf("%d pieces are left of the large object", n-1)
	}
}

// pieces counts the pieces of data that the state holds.
func (p *place) pieces() int {
	n := 0
	_ = p.w.State(space).View(func(tx kind.Tx) error {
		tx.Scan([]byte("d/"), nil, func(_, _ []byte) bool { n++; return true })
		return nil
	})
	return n
}

func TestConditions(t *testing.T) {
	p := newPlace(t, nil)
	tag := header(p.ok("PUT /box/k", "1", "If-None-Match", "*"), "Etag")
	p.refused(412, "PreconditionFailed", "PUT /box/k", "2", "If-None-Match", "*")
	p.refused(412, "PreconditionFailed", "PUT /box/k", "2", "If-Match", `"x"`)
	p.refused(404, "NoSuchKey", "PUT /box/other", "2", "If-Match", tag)
	p.refused(501, "NotImplemented", "PUT /box/k", "2", "If-None-Match", tag)
	p.refused(412, "PreconditionFailed", "GET /box/k", "", "If-Match", `"x"`)
	p.refused(304, "", "GET /box/k", "", "If-None-Match", tag)
	p.refused(304, "", "GET /box/k", "", "If-Modified-Since", "Sun, 01 Mar 2026 12:00:00 GMT")
	p.refused(412, "PreconditionFailed", "GET /box/k", "", "If-Unmodified-Since", "Sun, 01 Mar 2026 11:59:59 GMT")
	p.ok("GET /box/k", "", "If-Match", tag, "If-Unmodified-Since", "Sun, 01 Mar 2020 11:59:59 GMT")
	p.ok("GET /box/k", "", "If-None-Match", `"x"`, "If-Modified-Since", "Sun, 01 Mar 2026 12:00:00 GMT")
	p.refused(412, "PreconditionFailed", "DELETE /box/k", "", "If-Match", `"x"`)
	p.ok("PUT /box/k", "2", "If-Match", tag)
	p.ok("DELETE /box/k", "", "If-Match", "*")
}

func TestChecksums(t *testing.T) {
	// The check values of the algorithms, for "123456789".
	for name, want := range map[string]string{"CRC32": "y/Q5Jg==", "CRC32C": "4waSgw==", "CRC64NVME": "rosUhgp5mIg=", "SHA1": "98O8HYCOBHMq32eZZczDTKeuNEE=",
		"SHA256": "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=", "MD5": "JfnnlDI7RTiF9RgfG2JNCw=="} {
		p := newPlace(t, nil)
		a, _ := algorithmOf(name)
		p.ok("PUT /box/k", "123456789", a.header(), want)
		if got := header(p.ok("GET /box/k", "", "X-Amz-Checksum-Mode", "ENABLED"), a.header()); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
		if got := header(p.ok("GET /box/k", "", "X-Amz-Checksum-Mode", "ENABLED", "Range", "bytes=0-1"), a.header()); got != "" {
			t.Errorf("a part of the object has the checksum %q of all of it", got)
		}
		p.refused(400, "BadDigest", "PUT /box/k", "12345678", a.header(), want)
		p.refused(400, "InvalidRequest", "PUT /box/k", "123456789", a.header(), "AA==")
	}
	p := newPlace(t, nil)
	if got := header(p.ok("PUT /box/k", "123456789"), "X-Amz-Checksum-Crc64nvme"); got != "rosUhgp5mIg=" {
		t.Errorf("without a checksum, S3 computes CRC64NVME and not %q", got)
	}
	sum := md5.Sum([]byte("x"))
	p.ok("PUT /box/k", "x", "Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
	p.refused(400, "BadDigest", "PUT /box/k", "y", "Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
	p.refused(400, "InvalidDigest", "PUT /box/k", "y", "Content-Md5", "zz")
	p.refused(501, "NotImplemented", "PUT /box/k", "y", "X-Amz-Checksum-Xxhash64", "AAAAAAAAAAA=")
}

func TestCopies(t *testing.T) {
	p := newPlace(t, nil)
	p.ok("PUT /box/a%20b", "x", "Content-Type", "text/plain", "X-Amz-Meta-A", "1", "X-Amz-Tagging", "t=1")
	p.ok("PUT /box/c", "", "X-Amz-Copy-Source", "/box/a%20b")
	if got := p.ok("GET /box/c", ""); string(got.Body) != "x" || header(got, "x-amz-meta-a") != "1" || header(got, "Content-Type") != "text/plain" || header(got, "X-Amz-Tagging-Count") != "1" {
		t.Errorf("the copy is %q %v", got.Body, got.Header)
	}
	p.ok("PUT /box/c", "", "X-Amz-Copy-Source", "box/a%20b", "X-Amz-Metadata-Directive", "REPLACE", "X-Amz-Meta-B", "2", "X-Amz-Tagging-Directive", "REPLACE")
	if got := p.ok("GET /box/c", ""); header(got, "x-amz-meta-a") != "" || header(got, "x-amz-meta-b") != "2" || header(got, "X-Amz-Tagging-Count") != "" {
		t.Errorf("the copy has %v", got.Header)
	}
	p.refused(400, "InvalidRequest", "PUT /box/c", "", "X-Amz-Copy-Source", "box/c")
	p.refused(404, "NoSuchKey", "PUT /box/c", "", "X-Amz-Copy-Source", "box/nothing")
	p.refused(404, "NoSuchBucket", "PUT /box/c", "", "X-Amz-Copy-Source", "nothing/c")
	p.refused(412, "PreconditionFailed", "PUT /box/d", "", "X-Amz-Copy-Source", "box/c", "X-Amz-Copy-Source-If-Match", `"x"`)
	p.deny("s3:GetObject")
	p.refused(403, "AccessDenied", "PUT /box/d", "", "X-Amz-Copy-Source", "box/c")
}

func TestTags(t *testing.T) {
	p := newPlace(t, nil)
	p.ok("PUT /box/k", "x")
	type set struct {
		Tags []tag `xml:"TagSet>Tag"`
	}
	p.ok("PUT /box/k?tagging", `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag><Key>b</Key><Value>2</Value></Tag><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>`)
	if got := read[set](t, p.ok("GET /box/k?tagging", "")); len(got.Tags) != 2 || got.Tags[0] != (tag{"a", "1"}) {
		t.Errorf("the tags are %v", got.Tags)
	}
	p.refused(400, "InvalidTag", "PUT /box/k?tagging", `<Tagging><TagSet><Tag><Key>a</Key></Tag><Tag><Key>a</Key></Tag></TagSet></Tagging>`)
	p.refused(400, "MalformedXML", "PUT /box/k?tagging", `<Tagging><TagSet>`)
	p.ok("DELETE /box/k?tagging", "")
	if got := p.ok("GET /box/k?tagging", ""); !strings.Contains(string(got.Body), "<TagSet></TagSet>") {
		t.Errorf("an empty set is printed as %s", got.Body)
	}
	p.refused(404, "NoSuchKey", "GET /box/none?tagging", "")
}

func TestManyDeletions(t *testing.T) {
	p := newPlace(t, nil)
	p.ok("PUT /box/a", "x")
	p.ok("PUT /box/b", "x")
	type result struct {
		Deleted []deletedObject
		Error   []failedDeletion
	}
	p.w.Denied = func(a kind.Access) error {
		if strings.HasSuffix(a.Resource, "/b") {
			return fault.New(fault.Denied, "not %s", a.Action)
		}
		return nil
	}
	got := read[result](t, p.ok("POST /box?delete", `<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object><Object><Key>never</Key></Object></Delete>`))
	if len(got.Deleted) != 2 || len(got.Error) != 1 || got.Error[0].Key != "b" || got.Error[0].Code != "AccessDenied" {
		t.Errorf("deleted %v, failed %v", got.Deleted, got.Error)
	}
	p.refused(404, "NoSuchKey", "GET /box/a", "")
	p.refused(400, "MalformedXML", "POST /box?delete", `<Delete></Delete>`)
	if got := p.ok("POST /box?delete", `<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>`); strings.Contains(string(got.Body), "<Deleted>") {
		t.Errorf("a quiet deletion says %s", got.Body)
	}
}

func TestWhatIsRefused(t *testing.T) {
	p := newPlace(t, nil)
	for request, name := range map[string]string{"PUT /box?cors": "PutBucketCors", "GET /box?lifecycle": "GetBucketLifecycleConfiguration", "PUT /new": "CreateBucket", "DELETE /box": "DeleteBucket",
		"PUT /box/k?acl": "PutObjectAcl", "POST /box/k?select&select-type=2": "SelectObjectContent", "POST /box/k?restore": "RestoreObject", "GET /box?policyStatus": "GetBucketPolicyStatus",
		"GET /box?session": "CreateSession", "POST /box": "PostBucket"} {
		if got := p.refused(501, "NotImplemented", request, ""); !strings.Contains(string(got.Body), name+"<") {
			t.Errorf("%s does not name %s: %s", request, name, got.Body)
		}
	}
	p.refused(400, "AccessControlListNotSupported", "PUT /box/k", "", "X-Amz-Acl", "public-read")
	p.ok("PUT /box/k", "", "X-Amz-Acl", "bucket-owner-full-control")
	p.refused(501, "NotImplemented", "PUT /box/k", "", "X-Amz-Storage-Class", "DEEP_ARCHIVE")
	p.refused(501, "NotImplemented", "PUT /box/k", "", "X-Amz-Object-Lock-Mode", "GOVERNANCE")
	p.refused(403, "AccessDenied", "PUT /box/k", "", "X-Amz-Expected-Bucket-Owner", "111111111111")
	p.refused(404, "NoSuchBucket", "GET /other/k", "")
	p.refused(400, "KeyTooLongError", "PUT /box/"+strings.Repeat("x", 1025), "")
	p.refused(400, "MetadataTooLarge", "PUT /box/k", "", "X-Amz-Meta-A", strings.Repeat("x", 2048))
}

func TestPermissions(t *testing.T) {
	p := newPlace(t, nil)
	p.ok("PUT /box/a/k", "x", "X-Amz-Tagging", "a=b")
	p.ok("GET /box/a/k", "")
	p.ok("GET /box?list-type=2&prefix=a%2F&max-keys=5", "")
	p.ok("DELETE /box/a/k", "")
	var asked []string
	for _, a := range p.w.Asked() {
		asked = append(asked, a.Action+" "+a.Resource+" "+a.Context["s3:prefix"])
	}
	want := []string{"s3:PutObject arn:aws:s3:::box/a/k ", "s3:PutObjectTagging arn:aws:s3:::box/a/k ", "s3:GetObject arn:aws:s3:::box/a/k ", "s3:ListBucket arn:aws:s3:::box a/", "s3:DeleteObject arn:aws:s3:::box/a/k "}
	if strings.Join(asked, "\n") != strings.Join(want, "\n") {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(asked, "\n"), strings.Join(want, "\n"))
	}
	// Who may not list is not told that an object is not there.
	p.deny("s3:ListBucket")
	p.refused(403, "AccessDenied", "GET /box/none", "")
	p.deny("s3:PutObject")
	p.refused(403, "AccessDenied", "PUT /box/k", "")
	p.refused(403, "AccessDenied", "POST /box/k?uploads", "")
}

func TestBucketIsRemovedWithItsObjects(t *testing.T) {
	p := newPlace(t, map[string]any{"VersioningConfiguration": map[string]any{"Status": "Enabled"}})
	p.ok("PUT /box/k", "1")
	p.ok("PUT /box/k", "2")
	p.ok("POST /box/u?uploads", "")
	if err := p.w.Delete(context.Background(), p.b); err != nil {
		t.Fatal(err)
	}
	left := 0
	_ = p.w.State(space).View(func(tx kind.Tx) error {
		tx.Scan(nil, nil, func(_, _ []byte) bool { left++; return true })
		return nil
	})
	if left > 0 {
		t.Errorf("%d records are left of the bucket", left)
	}
	p.refused(404, "NoSuchBucket", "GET /box/k", "")
}
