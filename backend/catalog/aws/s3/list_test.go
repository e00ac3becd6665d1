package s3

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"airloom/backend/kind"

	"pgregory.net/rapid"
)

type listResult struct {
	IsTruncated           bool
	NextContinuationToken string
	NextMarker            string
	Contents              []struct{ Key string }
	CommonPrefixes        []struct{ Prefix string }
}

func (l listResult) names() []string {
	var out []string
	for _, c := range l.Contents {
		out = append(out, c.Key)
	}
	for _, c := range l.CommonPrefixes {
		out = append(out, c.Prefix)
	}
	slices.Sort(out)
	return out
}

// model is a listing by definition: keys with the prefix, folded after the delimiter.
func model(keys []string, prefix, delimiter string) []string {
	var out []string
	for _, k := range keys {
		if !strings.HasPrefix(k, prefix) {
			continue
		}
		if head, _, ok := strings.Cut(k[len(prefix):], delimiter); delimiter != "" && ok {
			k = prefix + head + delimiter
		}
		out = append(out, k)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Listings in pages give what the model gives, each name once, whatever the keys, the prefix and the size of a page.
func TestListings(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := newPlace(t, nil)
		keys := rapid.SliceOfNDistinct(rapid.StringMatching(`[ab/é ]{1,6}`), 1, 12, rapid.ID).Draw(r, "keys")
		for _, k := range keys {
			p.ok("PUT /box/"+url.PathEscape(k), "")
		}
		gone := rapid.IntRange(0, len(keys)).Draw(r, "gone")
		for _, k := range keys[:gone] {
			p.ok("DELETE /box/"+url.PathEscape(k), "")
		}
		prefix := rapid.StringMatching(`[ab/]{0,2}`).Draw(r, "prefix")
		delimiter := rapid.SampledFrom([]string{"", "/", "b/"}).Draw(r, "delimiter")
		size := rapid.IntRange(1, 4).Draw(r, "size")
		query := url.Values{"prefix": {prefix}, "delimiter": {delimiter}, "max-keys": {strconv.Itoa(size)}}
		if delimiter == "" {
			query.Del("delimiter")
		}
		want := model(keys[gone:], prefix, delimiter)
		for _, v2 := range []bool{true, false} {
			var got []string
			q := url.Values{}
			for name, v := range query {
				q[name] = v
			}
			if v2 {
				q.Set("list-type", "2")
			}
			for {
				l := read[listResult](t, p.ok("GET /box?"+q.Encode(), ""))
				names := l.names()
				if len(names) > size {
					r.Fatalf("a page of %d has %d names", size, len(names))
				}
				got = append(got, names...)
				if !l.IsTruncated {
					break
				}
				if len(got) > len(keys)+1 {
					r.Fatalf("the pages do not end: %q", got)
				}
				switch {
				case v2:
					q.Set("continuation-token", l.NextContinuationToken)
				case l.NextMarker != "":
					q.Set("marker", l.NextMarker)
				default: // without a delimiter the last key is the marker
					q.Set("marker", names[len(names)-1])
				}
			}
			if !slices.Equal(got, want) {
				r.Fatalf("v2 %v, prefix %q, delimiter %q, pages of %d: got %q, want %q", v2, prefix, delimiter, size, got, want)
			}
		}
	})
}

func TestListingsAreEncodedOnRequest(t *testing.T) {
	p := newPlace(t, nil)
	p.ok("PUT /box/a%20b%01/%C3%BC", "")
	if got := read[listResult](t, p.ok("GET /box?list-type=2&encoding-type=url", "")).names(); got[0] != "a+b%01/%C3%BC" {
		t.Errorf("the key is %q", got)
	}
	p.refused(400, "InvalidArgument", "GET /box?list-type=2&encoding-type=xml", "")
	p.refused(400, "InvalidArgument", "GET /box?list-type=2&max-keys=-1", "")
	p.refused(400, "InvalidArgument", "GET /box?list-type=2&continuation-token=%21", "")
	if got := read[listResult](t, p.ok("GET /box?list-type=2&max-keys=0", "")); got.IsTruncated || len(got.Contents) > 0 {
		t.Errorf("a page of none is %v", got)
	}
}

func TestVersions(t *testing.T) {
	p := newPlace(t, map[string]any{"VersioningConfiguration": map[string]any{"Status": "Enabled"}})
	var ids []string
	for _, body := range []string{"0", "1", "2"} {
		ids = append(ids, header(p.ok("PUT /box/k", body), "X-Amz-Version-Id"))
	}
	p.ok("PUT /box/other", "")
	if got := p.ok("GET /box/k?versionId="+ids[0], ""); string(got.Body) != "0" {
		t.Errorf("the first version is %q", got.Body)
	}
	removed := p.ok("DELETE /box/k", "")
	marker := header(removed, "X-Amz-Version-Id")
	if header(removed, "X-Amz-Delete-Marker") != "true" || marker == "" {
		t.Errorf("no delete marker: %v", removed.Header)
	}
	if got := p.refused(404, "NoSuchKey", "GET /box/k", ""); header(got, "X-Amz-Delete-Marker") != "true" {
		t.Error("the answer does not say that there is a delete marker")
	}
	p.refused(405, "MethodNotAllowed", "GET /box/k?versionId="+marker, "")
	p.refused(404, "NoSuchVersion", "GET /box/k?versionId=none", "")
	type result struct {
		IsTruncated                        bool
		NextKeyMarker, NextVersionIdMarker string
		Version, DeleteMarker              []struct {
			Key, VersionId string
			IsLatest       bool
		}
	}
	all := read[result](t, p.ok("GET /box?versions", ""))
	if len(all.Version) != 4 || len(all.DeleteMarker) != 1 || !all.DeleteMarker[0].IsLatest || all.Version[0].IsLatest || all.Version[0].VersionId != ids[2] || !all.Version[3].IsLatest {
		t.Errorf("the versions are %+v", all)
	}
	seen := 0
	q := "GET /box?versions&max-keys=2"
	for {
		page := read[result](t, p.ok(q, ""))
		seen += len(page.Version) + len(page.DeleteMarker)
		if !page.IsTruncated {
			break
		}
		q = "GET /box?versions&max-keys=2&key-marker=" + page.NextKeyMarker + "&version-id-marker=" + page.NextVersionIdMarker
	}
	if seen != 5 {
		t.Errorf("the pages have %d versions, want 5", seen)
	}
	if got := read[listResult](t, p.ok("GET /box?list-type=2", "")).names(); !slices.Equal(got, []string{"other"}) {
		t.Errorf("the listing has %q", got)
	}
	p.ok("DELETE /box/k?versionId="+marker, "")
	p.ok("DELETE /box/k?versionId="+ids[2], "")
	if got := p.ok("GET /box/k", ""); string(got.Body) != "1" {
		t.Errorf("the object is %q", got.Body)
	}
	p.ok("PUT /box/k?tagging&versionId="+ids[0], `<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>`)
	if got := p.ok("GET /box/k?tagging", ""); strings.Contains(string(got.Body), "<Key>a</Key>") {
		t.Error("the tags of an old version are on the new one")
	}
}

// Where versions are no longer kept, the null version is overwritten and the others stay.
func TestSuspendedVersions(t *testing.T) {
	p := newPlace(t, map[string]any{"VersioningConfiguration": map[string]any{"Status": "Enabled"}})
	old := header(p.ok("PUT /box/k", "old"), "X-Amz-Version-Id")
	b, err := p.w.Update(t.Context(), p.b, map[string]any{"BucketName": "box"})
	if err != nil {
		t.Fatal(err)
	}
	if versioning(b) != "Suspended" {
		t.Errorf("versions are %q", versioning(b))
	}
	p.ok("PUT /box/k", "1")
	if got := header(p.ok("PUT /box/k", "2"), "X-Amz-Version-Id"); got != "null" {
		t.Errorf("the version is %q", got)
	}
	if n := p.pieces(); n != 2 {
		t.Errorf("there are %d pieces of data, want those of the old and the null version", n)
	}
	p.ok("DELETE /box/k", "")
	p.refused(404, "NoSuchKey", "GET /box/k", "")
	if got := p.ok("GET /box/k?versionId="+old, ""); string(got.Body) != "old" {
		t.Errorf("the old version is %q", got.Body)
	}
}

func TestBuckets(t *testing.T) {
	p := newPlace(t, nil)
	type result struct {
		Buckets []struct{ Name, CreationDate string } `xml:"Buckets>Bucket"`
	}
	if got := read[result](t, p.ok("GET /", "")); len(got.Buckets) != 1 || got.Buckets[0].Name != "box" || got.Buckets[0].CreationDate != "2026-03-01T12:00:00Z" {
		t.Errorf("the buckets are %v", got.Buckets)
	}
	p.ok("HEAD /box", "")
	if got := p.do("HEAD /none", ""); got.Status != 404 {
		t.Errorf("a bucket that is not there is %d", got.Status)
	}
	p.ok("GET /box?location", "")
	if got := p.ok("GET /box?versioning", ""); strings.Contains(string(got.Body), "Status") {
		t.Errorf("a bucket that never kept versions says %s", got.Body)
	}
	p.w.Denied = func(a kind.Access) error { return fail(403, "AccessDenied", "no") }
	p.refused(403, "AccessDenied", "GET /", "")
}
