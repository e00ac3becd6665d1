package endpoint

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"airloom/backend/kind"
)

func TestPresigned(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	p := s3.NewPresignClient(s3.NewFromConfig(f.config(f.creds)))
	r, err := p.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("a b.txt")}, s3.WithPresignExpires(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // an address may be used again until it expires
		res, err := http.Get(r.URL)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%v %v", res, err)
		}
		res.Body.Close()
	}
	for name, u := range map[string]string{"another key": strings.Replace(r.URL, "a%20b", "c", 1), "a longer life": strings.Replace(r.URL, "X-Amz-Expires=60", "X-Amz-Expires=3600", 1)} {
		if u == r.URL {
			t.Fatalf("%s: %s", name, u)
		}
		if status := send(t, must(http.NewRequest(http.MethodGet, u, nil))); status != 403 {
			t.Errorf("%s: %d", name, status)
		}
	}
	f.mu.Lock()
	f.now = f.now.Add(2 * time.Minute)
	f.mu.Unlock()
	if status := send(t, must(http.NewRequest(http.MethodGet, r.URL, nil))); status != 403 {
		t.Errorf("expired: %d", status)
	}
}

// L4: unsigned, wrong secret, replayed: 403, and nothing reaches a service.
func TestForged(t *testing.T) {
	f := newFixture(t)
	now := f.now
	other := newFixture(t) // another launch with keys of its own
	short, err := f.keys.Issue(kind.Principal{Role: "r"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	revoked, err := f.keys.Issue(kind.Principal{Role: "r"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.keys.Revoke(revoked.AccessKey)
	edit := func(c Credentials, do func(*Credentials)) Credentials { do(&c); return c }
	cases := map[string]*http.Request{
		"unsigned":             must(http.NewRequest(http.MethodPost, f.url()+"/", nil)),
		"wrong secret":         f.signed(t, edit(f.creds, func(c *Credentials) { c.Secret = "x" }), "logs", now, "{}", nil),
		"no token":             f.signed(t, edit(f.creds, func(c *Credentials) { c.Token = "" }), "logs", now, "{}", nil),
		"wrong token":          f.signed(t, edit(f.creds, func(c *Credentials) { c.Token = "x" }), "logs", now, "{}", nil),
		"unknown key":          f.signed(t, edit(f.creds, func(c *Credentials) { c.AccessKey = "AKIAIOSFODNN7EXAMPLE" }), "logs", now, "{}", nil),
		"of another launch":    f.signed(t, other.creds, "logs", now, "{}", nil),
		"revoked":              f.signed(t, revoked, "logs", now, "{}", nil),
		"too old":              f.signed(t, f.creds, "logs", now.Add(-16*time.Minute), "{}", nil),
		"of the future":        f.signed(t, f.creds, "logs", now.Add(16*time.Minute), "{}", nil),
		"unsigned payload":     f.signed(t, f.creds, "logs", now, "{}", func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", unsignedPayload) }),
		"chunks not for S3":    f.signed(t, f.creds, "logs", now, "{}", func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER") }),
		"Signature Version 2":  must(http.NewRequest(http.MethodPost, f.url()+"/", nil)),
		"header added":         f.signed(t, f.creds, "logs", now, "{}", nil),
		"target changed":       f.signed(t, f.creds, "logs", now, "{}", nil),
		"body changed":         f.signed(t, f.creds, "logs", now, "{}", nil),
		"path changed":         f.signed(t, f.creds, "logs", now, "{}", nil),
		"query added":          f.signed(t, f.creds, "logs", now, "{}", nil),
		"verb changed":         f.signed(t, f.creds, "logs", now, "{}", nil),
		"credential malformed": f.signed(t, f.creds, "logs", now, "{}", nil),
	}
	cases["Signature Version 2"].Header.Set("Authorization", "AWS "+f.creds.AccessKey+":x")
	cases["header added"].Header.Set("X-Amz-Acl", "public-read")
	cases["target changed"].Header.Set("X-Amz-Target", "Logs_20140328.DeleteLogGroup")
	cases["body changed"].Body = io.NopCloser(strings.NewReader("[]"))
	cases["path changed"].URL.Path = "/x"
	cases["query added"].URL.RawQuery = "Action=DeleteQueue"
	cases["verb changed"].Method = "PUT"
	cases["credential malformed"].Header.Set("Authorization", strings.Replace(cases["credential malformed"].Header.Get("Authorization"), "aws4_request", "aws5", 1))
	for name, r := range cases {
		if status := send(t, r); status != 403 {
			t.Errorf("%s: %d", name, status)
		}
	}
	if f.reached() != 0 {
		t.Fatalf("%d of them reached a service", f.reached())
	}
	if status := send(t, f.signed(t, short, "logs", now, "{}", nil)); status != 200 {
		t.Fatalf("temporary credentials: %d", status)
	}
	f.mu.Lock()
	f.now = now.Add(2 * time.Minute)
	f.mu.Unlock()
	if status := send(t, f.signed(t, short, "logs", f.now, "{}", nil)); status != 403 {
		t.Fatalf("expired credentials: %d", status)
	}

	r := f.signed(t, f.creds, "logs", f.now, "{}", nil)
	replayed := r.Clone(context.Background())
	replayed.Body = io.NopCloser(strings.NewReader("{}"))
	before := f.reached()
	if one, two := send(t, r), send(t, replayed); one != 200 || two != 403 || f.reached() != before+1 {
		t.Fatalf("the same request twice: %d, then %d", one, two)
	}
}

// A signature is remembered for as long as its date is accepted, and not for ever.
func TestReplayForgets(t *testing.T) {
	var r replay
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if !r.first("a", at) || r.first("a", at.Add(29*time.Minute)) {
		t.Fatal("a replay passed")
	}
	r.first("b", at.Add(31*time.Minute))
	if r.first("a", at.Add(32*time.Minute)) {
		t.Fatal("a replay passed after the first change of generations")
	}
	for i := range 4 {
		r.first("c", at.Add(time.Duration(i+1)*62*time.Minute))
	}
	if len(r.now)+len(r.old) > 2 {
		t.Fatal("nothing is forgotten")
	}
}

// AWS's own example of signed chunks.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
func TestChunkVector(t *testing.T) {
	date := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	c := claim{day: "20130524", region: "us-east-1", service: "s3", date: date, payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
		signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"}
	body := "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" + strings.Repeat("a", 65536) + "\r\n" +
		"400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" + strings.Repeat("a", 1024) + "\r\n" +
		"0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"
	header := http.Header{"Content-Encoding": {"aws-chunked"}, "X-Amz-Decoded-Content-Length": {"66560"}}
	out, refused := unchunk(header, c, exampleKey(), []byte(body))
	if refused != nil || len(out) != 66560 {
		t.Fatalf("%d bytes, %+v", len(out), refused)
	}
	if header.Get("Content-Encoding") != "" {
		t.Fatal("the transfer's encoding would be stored as the object's")
	}
	for name, bad := range map[string]string{"a changed byte": strings.Replace(body, "aaa", "aba", 1), "a lost chunk": body[:strings.Index(body, "400;")] + body[strings.Index(body, "0;chunk-signature=b6"):],
		"cut": body[:66000], "a huge size": "7fffffff;" + body[6:], "no size": "x;" + body[6:], "empty": ""} {
		if _, refused := unchunk(http.Header{}, c, exampleKey(), []byte(bad)); refused == nil {
			t.Errorf("%s passed", name)
		}
	}
}

func exampleKey() []byte {
	key := []byte("AWS4wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
	for _, part := range []string{"20130524", "us-east-1", "s3", "aws4_request"} {
		key = mac(key, part)
	}
	return key
}

// Unsigned chunks with a checksum after them, as the SDKs send streams.
func TestTrailers(t *testing.T) {
	f := newFixture(t)
	body := "5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n"
	put := func(body string, change func(*http.Request)) *http.Request {
		return f.signed(t, f.creds, "s3", f.now, body, func(r *http.Request) {
			r.Method, r.URL.Path = "PUT", "/b/k"
			for name, value := range map[string]string{"X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "Content-Encoding": "gzip,aws-chunked",
				"X-Amz-Decoded-Content-Length": "11", "X-Amz-Trailer": "x-amz-checksum-crc32"} {
				r.Header.Set(name, value)
			}
			r.Header.Del("X-Amz-Target")
			if change != nil {
				change(r)
			}
		})
	}
	if status := send(t, put(body, nil)); status != 200 {
		t.Fatalf("%d", status)
	}
	r := f.last(t)
	if string(r.Body) != "hello world" || r.Get("X-Amz-Checksum-Crc32") != "DUoRhQ==" || r.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%q %v", r.Body, r.Header)
	}
	before := f.reached()
	for name, r := range map[string]*http.Request{
		"a trailer that was not announced": put(strings.Replace(body, "x-amz-checksum-crc32", "x-amz-acl", 1), nil),
		"another length":                   put(body, func(r *http.Request) { r.Header.Set("X-Amz-Decoded-Content-Length", "12") }),
		"another kind of signature": put(body, func(r *http.Request) {
			r.Header.Set("X-Amz-Content-Sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")
		}),
	} {
		if status := send(t, r); status < 400 || status > 501 {
			t.Errorf("%s: %d", name, status)
		}
	}
	if f.reached() != before {
		t.Fatal("one of them was stored")
	}
}

func BenchmarkVerify(b *testing.B) {
	f := newFixture(b)
	client := s3.NewFromConfig(f.config(f.creds))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.PutObject(context.Background(), &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("hello")}); err != nil {
			b.Fatal(err)
		}
	}
}
