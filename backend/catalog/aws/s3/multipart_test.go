package s3

import (
	"fmt"
	"strings"
	"testing"
)

type begun struct{ UploadId string }

func (p *place) begin(headers ...string) string {
	p.t.Helper()
	return read[begun](p.t, p.ok("POST /box/k?uploads", "", headers...)).UploadId
}

// complete names parts by number and entity tag.
func completion(tags ...string) string {
	var b strings.Builder
	for i, tag := range tags {
		fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, tag)
	}
	return "<CompleteMultipartUpload>" + b.String() + "</CompleteMultipartUpload>"
}

func TestUploadInParts(t *testing.T) {
	p := newPlace(t, nil)
	one, two := strings.Repeat("a", leastPart), "tail"
	id := p.begin("Content-Type", "text/plain", "X-Amz-Meta-A", "1")
	at := "PUT /box/k?uploadId=" + id + "&partNumber="
	p.ok(at+"1", "an older part one")
	tags := []string{header(p.ok(at+"1", one), "Etag"), header(p.ok(at+"2", two), "Etag")}
	p.ok(at+"3", "never named")
	type parts struct {
		IsTruncated          bool
		NextPartNumberMarker int
		Part                 []struct {
			PartNumber int
			Size       int64
		}
	}
	if got := read[parts](t, p.ok("GET /box/k?uploadId="+id+"&max-parts=2", "")); len(got.Part) != 2 || !got.IsTruncated || got.NextPartNumberMarker != 2 || got.Part[0].Size != leastPart {
		t.Errorf("the parts are %+v", got)
	}
	if got := read[parts](t, p.ok("GET /box/k?uploadId="+id+"&part-number-marker=2", "")); len(got.Part) != 1 || got.Part[0].PartNumber != 3 {
		t.Errorf("the rest of the parts is %+v", got)
	}
	p.refused(404, "NoSuchKey", "GET /box/k", "")
	done := read[struct{ ETag, ChecksumCRC64NVME, ChecksumType string }](t, p.ok("POST /box/k?uploadId="+id, completion(tags...)))
	if !strings.HasSuffix(done.ETag, `-2"`) || done.ChecksumCRC64NVME != standard.sum([]byte(one+two)) || done.ChecksumType != "FULL_OBJECT" {
		t.Errorf("the object is %+v", done)
	}
	got := p.ok("GET /box/k", "")
	if string(got.Body) != one+two || header(got, "x-amz-meta-a") != "1" || header(got, "Content-Type") != "text/plain" {
		t.Errorf("the object has %d bytes and %v", len(got.Body), got.Header)
	}
	if got := p.ok("GET /box/k?partNumber=2", ""); string(got.Body) != two || header(got, "X-Amz-Mp-Parts-Count") != "2" || header(got, "Content-Range") != fmt.Sprintf("bytes %d-%d/%d", leastPart, leastPart+3, leastPart+4) {
		t.Errorf("part two is %q %v", got.Body, got.Header)
	}
	p.refused(416, "InvalidPartNumber", "GET /box/k?partNumber=3", "")
	if got := p.ok("GET /box/k", "", "Range", fmt.Sprintf("bytes=%d-%d", leastPart-2, leastPart+1)); string(got.Body) != "aata" {
		t.Errorf("a range over two parts is %q", got.Body)
	}
	p.refused(404, "NoSuchUpload", "POST /box/k?uploadId="+id, completion(tags...))
	if n := p.pieces(); n != 6 {
		t.Errorf("%d pieces of data, want 5 and 1: those of parts that were not named are to go", n)
	}
}

func TestCompletionsThatAreRefused(t *testing.T) {
	p := newPlace(t, nil)
	id := p.begin()
	at := "PUT /box/k?uploadId=" + id + "&partNumber="
	a, b := header(p.ok(at+"1", "a"), "Etag"), header(p.ok(at+"2", "b"), "Etag")
	complete := "POST /box/k?uploadId=" + id
	p.refused(400, "EntityTooSmall", complete, completion(a, b))
	p.refused(400, "InvalidPart", complete, completion(b))
	p.refused(400, "InvalidPartOrder", complete, strings.Replace(completion(a, b), "<PartNumber>2<", "<PartNumber>1<", 1))
	p.refused(400, "MalformedXML", complete, "<CompleteMultipartUpload>")
	p.refused(400, "InvalidRequest", complete, completion(a), "X-Amz-Mp-Object-Size", "2")
	p.refused(400, "InvalidArgument", at+"0", "x")
	p.refused(400, "InvalidArgument", at+"10001", "x")
	p.ok("PUT /box/k", "there")
	p.refused(412, "PreconditionFailed", complete, completion(a), "If-None-Match", "*")
	p.ok(complete, completion(a), "X-Amz-Mp-Object-Size", "1")
}

func TestChecksumsOfUploads(t *testing.T) {
	p := newPlace(t, nil)
	p.refused(400, "InvalidRequest", "POST /box/k?uploads", "", "X-Amz-Checksum-Algorithm", "CRC64NVME", "X-Amz-Checksum-Type", "COMPOSITE")
	p.refused(400, "InvalidRequest", "POST /box/k?uploads", "", "X-Amz-Checksum-Algorithm", "SHA256", "X-Amz-Checksum-Type", "FULL_OBJECT")
	p.refused(501, "NotImplemented", "POST /box/k?uploads", "", "X-Amz-Checksum-Algorithm", "XXHASH3")
	for _, c := range []struct{ algorithm, kind string }{{"CRC32", "FULL_OBJECT"}, {"CRC32", "COMPOSITE"}, {"SHA256", "COMPOSITE"}} {
		a, _ := algorithmOf(c.algorithm)
		id := p.begin("X-Amz-Checksum-Algorithm", c.algorithm, "X-Amz-Checksum-Type", c.kind)
		one, two := strings.Repeat("a", leastPart), "b"
		at := "PUT /box/k?uploadId=" + id + "&partNumber="
		tags := []string{header(p.ok(at+"1", one, a.header(), a.sum([]byte(one))), "Etag"), header(p.ok(at+"2", two), "Etag")}
		p.refused(400, "InvalidRequest", at+"2", two, "X-Amz-Checksum-Sha1", algorithmSum("SHA1", two))
		want := a.sum([]byte(one + two))
		if c.kind == "COMPOSITE" {
			want = a.compose([]string{a.sum([]byte(one)), a.sum([]byte(two))})
		}
		p.refused(400, "BadDigest", "POST /box/k?uploadId="+id, completion(tags...), a.header(), a.sum([]byte("other")))
		got := read[struct{ ChecksumCRC32, ChecksumSHA256, ChecksumType string }](t, p.ok("POST /box/k?uploadId="+id, completion(tags...), a.header(), want))
		if got.ChecksumCRC32+got.ChecksumSHA256 != want || got.ChecksumType != c.kind {
			t.Errorf("%v: got %+v, want %s", c, got, want)
		}
		if c.kind == "COMPOSITE" {
			attributes := p.ok("GET /box/k?attributes", "", "X-Amz-Object-Attributes", "ETag,Checksum,ObjectParts,ObjectSize,StorageClass")
			if text := string(attributes.Body); !strings.Contains(text, "<PartsCount>2</PartsCount>") || !strings.Contains(text, want) || !strings.Contains(text, fmt.Sprintf("<ObjectSize>%d<", leastPart+1)) {
				t.Errorf("the attributes are %s", text)
			}
		}
	}
}

func algorithmSum(name, text string) string { a, _ := algorithmOf(name); return a.sum([]byte(text)) }

func TestUploadsThatAreGivenUp(t *testing.T) {
	p := newPlace(t, nil)
	p.ok("PUT /box/source", "0123456789")
	one, two := p.begin(), p.begin()
	p.ok("PUT /box/k?uploadId="+one+"&partNumber=1", "", "X-Amz-Copy-Source", "box/source", "X-Amz-Copy-Source-Range", "bytes=2-4")
	type uploads struct {
		IsTruncated                       bool
		NextKeyMarker, NextUploadIdMarker string
		Upload                            []struct{ Key, UploadId string }
	}
	first := read[uploads](t, p.ok("GET /box?uploads&max-uploads=1", ""))
	if len(first.Upload) != 1 || !first.IsTruncated || first.Upload[0].UploadId != one {
		t.Errorf("the first upload is %+v", first)
	}
	if rest := read[uploads](t, p.ok("GET /box?uploads&key-marker="+first.NextKeyMarker+"&upload-id-marker="+first.NextUploadIdMarker, "")); len(rest.Upload) != 1 || rest.Upload[0].UploadId != two {
		t.Errorf("the rest is %+v", rest)
	}
	p.ok("DELETE /box/k?uploadId="+one, "")
	p.refused(404, "NoSuchUpload", "GET /box/k?uploadId="+one, "")
	p.refused(404, "NoSuchUpload", "PUT /box/k?uploadId="+one+"&partNumber=1", "x")
	if n := p.pieces(); n != 1 {
		t.Errorf("%d pieces of data, want the source's alone", n)
	}
	tag := read[struct{ ETag string }](t, p.ok("PUT /box/k?uploadId="+two+"&partNumber=1", "", "X-Amz-Copy-Source", "box/source", "X-Amz-Copy-Source-Range", "bytes=2-4")).ETag
	p.ok("POST /box/k?uploadId="+two, completion(tag))
	if got := p.ok("GET /box/k", ""); string(got.Body) != "234" {
		t.Errorf("the object is %q", got.Body)
	}
}
