package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"crypto/rand"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"airloom/backend/kind"
)

// fixture is an endpoint whose services keep what reached them.
type fixture struct {
	*Endpoint
	keys  *Keys
	creds Credentials

	mu   sync.Mutex
	now  time.Time
	seen []kind.APIRequest
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{now: time.Now()}
	clock := func() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return f.now }
	f.keys = NewKeys(clock, rand.Reader)
	var err error
	if f.creds, err = f.keys.Issue(kind.Principal{Role: "arn:aws:iam::000000000000:role/worker", Session: "worker"}, 0); err != nil {
		t.Fatal(err)
	}
	f.Endpoint, err = Listen(0, Deps{Region: "us-east-1", Keys: f.keys, Now: clock, NewID: func() string { return "id" }, Failed: func(string, ...any) {},
		Service: func(_ context.Context, name string, r kind.APIRequest) (kind.HTTPResponse, bool) {
			if r.Operation == "Panic" {
				panic("as asked")
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			f.seen = append(f.seen, r)
			switch name {
			case "s3":
				return kind.HTTPResponse{Status: 200, Header: map[string][]string{"ETag": {`"x"`}}}, true
			case "logs":
				return kind.HTTPResponse{Status: 200, Header: map[string][]string{"Content-Type": {"application/x-amz-json-1.1"}}, Body: []byte(`{"logGroups":[{"logGroupName":"a"}]}`)}, true
			case "sts":
				return kind.HTTPResponse{Status: 200, Body: []byte(`<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)}, true
			}
			return kind.HTTPResponse{}, false
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func (f *fixture) url() string { return fmt.Sprintf("http://127.0.0.1:%d", f.Port()) }

func (f *fixture) last(t *testing.T) kind.APIRequest {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.seen) == 0 {
		t.Fatal("nothing reached a service")
	}
	return f.seen[len(f.seen)-1]
}

func (f *fixture) reached() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.seen)
}

func (f *fixture) config(c Credentials) aws.Config {
	return aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(f.url()), Credentials: credentials.NewStaticCredentialsProvider(c.AccessKey, c.Secret, c.Token),
		RetryMaxAttempts: 1, RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported}
}

func TestSDK(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	client := s3.NewFromConfig(f.config(f.creds))
	key := "a folder/ü+~&=?*'()!/é.txt"
	_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("my-bucket"), Key: aws.String(key), Body: strings.NewReader("hello"), Metadata: map[string]string{"Note": "a  b"}})
	if err != nil {
		t.Fatal(err)
	}
	r := f.last(t)
	if r.Path != "/my-bucket/"+key || string(r.Body) != "hello" || r.Principal.Role != "arn:aws:iam::000000000000:role/worker" {
		t.Fatalf("%s %q by %+v", r.Path, r.Body, r.Principal)
	}
	if r.Get("X-Amz-Checksum-Crc32") == "" {
		t.Fatal("the checksum is lost")
	}
	// Without a hash of the payload, as for streams.
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("my-bucket"), Key: aws.String("k"), Body: strings.NewReader("unsigned")},
		s3.WithAPIOptions(v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware), func(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired })
	if err != nil || string(f.last(t).Body) != "unsigned" {
		t.Fatalf("an unsigned payload: %v", err)
	}
	if got := f.last(t).Get("X-Amz-Content-Sha256"); got != unsignedPayload {
		t.Fatalf("the payload is signed as %s", got)
	}
	if _, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("my-bucket"), Prefix: aws.String("a b/+ü"), Delimiter: aws.String("/")}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.last(t).Query, "prefix=a%20b%2F%2B%C3%BC") {
		t.Fatal(f.last(t).Query)
	}
	if _, err := sts.NewFromConfig(f.config(f.creds)).GetCallerIdentity(ctx, nil); err != nil || f.last(t).Operation != "GetCallerIdentity" {
		t.Fatalf("the query protocol: %v", err)
	}
	out, err := cloudwatchlogs.NewFromConfig(f.config(f.creds)).DescribeLogGroups(ctx, nil)
	if err != nil || len(out.LogGroups) != 1 || f.last(t).Operation != "DescribeLogGroups" {
		t.Fatalf("the JSON protocol: %v", err)
	}
}

// Errors come in the shape that each SDK reads: they have a code.
func TestErrorShapes(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	wrong := f.creds
	wrong.Secret = strings.Repeat("x", 40)
	for name, want := range map[string]struct {
		call func(aws.Config) error
		code string
	}{
		"s3": {func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
			return err
		}, "SignatureDoesNotMatch"},
		"sts": {func(c aws.Config) error { _, err := sts.NewFromConfig(c).GetCallerIdentity(ctx, nil); return err }, "SignatureDoesNotMatch"},
		"logs": {func(c aws.Config) error {
			_, err := cloudwatchlogs.NewFromConfig(c).DescribeLogGroups(ctx, nil)
			return err
		}, "SignatureDoesNotMatch"},
	} {
		var api smithy.APIError
		if err := want.call(f.config(wrong)); !errors.As(err, &api) || api.ErrorCode() != want.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f.reached() != 0 {
		t.Fatal("a request with a wrong signature reached a service")
	}
	other := f.config(f.creds)
	other.Region = "eu-west-1"
	var api smithy.APIError
	if _, err := sts.NewFromConfig(other).GetCallerIdentity(ctx, nil); !errors.As(err, &api) || !strings.Contains(api.ErrorMessage(), "the embedded sandbox is us-east-1") {
		t.Errorf("another region: %v", err)
	}
}

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

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func send(t *testing.T, r *http.Request) int {
	t.Helper()
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// signed makes a request to a service as an SDK would; change may alter what is signed.
func (f *fixture) signed(t *testing.T, c Credentials, service string, at time.Time, body string, change func(*http.Request)) *http.Request {
	t.Helper()
	r := must(http.NewRequest(http.MethodPost, f.url()+"/", strings.NewReader(body)))
	r.Header.Set("X-Amz-Target", "Logs_20140328.DescribeLogGroups")
	if change != nil {
		change(r)
	}
	hash := hexSum([]byte(body))
	if h := r.Header.Get("X-Amz-Content-Sha256"); h != "" {
		hash = h
	}
	err := v4.NewSigner().SignHTTP(context.Background(), aws.Credentials{AccessKeyID: c.AccessKey, SecretAccessKey: c.Secret, SessionToken: c.Token}, r, hash, service, "us-east-1", at)
	if err != nil {
		t.Fatal(err)
	}
	return r
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

// L2: hostile hosts, all verbs: 403. L3: pages of other sites change nothing.
func TestGuard(t *testing.T) {
	f := newFixture(t)
	a := NewAddresses(func(string, ...any) {})
	defer a.Close()
	served := 0
	port := must(a.Open("page", 0))
	a.Serve("page", func(context.Context, kind.HTTPRequest) kind.HTTPResponse {
		served++
		return kind.HTTPResponse{Status: 200}
	})
	for _, p := range []int{f.Port(), port} {
		hosts := []string{"evil.example", fmt.Sprintf("evil.example:%d", p), "127.0.0.1", "127.0.0.1:80", fmt.Sprintf("127.0.0.1.evil.example:%d", p),
			fmt.Sprintf("127.0.0.2:%d", p), fmt.Sprintf("localhost.evil.example:%d", p), fmt.Sprintf("[::1]:%d", p), fmt.Sprintf("127.1:%d", p)}
		for _, verb := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			for _, host := range hosts {
				r := must(http.NewRequest(verb, fmt.Sprintf("http://127.0.0.1:%d/", p), nil))
				if p == f.Port() && verb == "POST" {
					r = f.signed(t, f.creds, "logs", f.now, "", func(r *http.Request) { r.Host = host }) // even well signed
				}
				r.Host = host
				if status := send(t, r); status != 403 {
					t.Errorf("%s with Host %s at port %d: %d", verb, host, p, status)
				}
			}
		}
		for _, h := range []map[string]string{{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1.evil.example"}, {"Origin": "http://localhost.evil.example:1"},
			{"Origin": "file://"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
			{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}} {
			for _, verb := range []string{"GET", "POST", "PUT", "DELETE", "OPTIONS"} {
				r := f.signed(t, f.creds, "logs", f.now, "", func(r *http.Request) {
					r.Method, r.URL = verb, must(r.URL.Parse(fmt.Sprintf("http://127.0.0.1:%d/", p)))
					r.Header.Set("Amz-Sdk-Invocation-Id", fmt.Sprint(h, verb, p))
					for name, value := range h {
						r.Header.Set(name, value)
					}
				})
				if status := send(t, r); status != 403 {
					t.Errorf("%s with %v at port %d: %d", verb, h, p, status)
				}
			}
		}
	}
	if f.reached() != 0 || served != 0 {
		t.Fatalf("%d requests were served", f.reached()+served)
	}
	for _, h := range []map[string]string{{}, {"Origin": "http://localhost:5173"}, {"Origin": "http://127.0.0.1:8080"}, {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
		{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}} {
		r := must(http.NewRequest(http.MethodGet, fmt.Sprintf("http://localhost:%d/", port), nil))
		for name, value := range h {
			r.Header.Set(name, value)
		}
		if status := send(t, r); status != 200 {
			t.Errorf("a request of this machine with %v: %d", h, status)
		}
	}
}

// A page of this machine may ask before it uploads to a presigned address; nobody is let in by that.
func TestPreflight(t *testing.T) {
	f := newFixture(t)
	ask := func(header map[string]string) int {
		r := must(http.NewRequest(http.MethodOptions, f.url()+"/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256", nil))
		for name, value := range header {
			r.Header.Set(name, value)
		}
		return send(t, r)
	}
	page := map[string]string{"Origin": "http://127.0.0.1:8080", "Access-Control-Request-Method": "PUT"}
	if status := ask(page); status != 200 {
		t.Fatalf("%d", status)
	}
	if r := f.last(t); r.Method != http.MethodOptions || r.Path != "/b/k" || r.Principal != (kind.Principal{}) {
		t.Fatalf("%s %s by %+v", r.Method, r.Path, r.Principal)
	}
	page["Origin"] = "https://evil.example"
	if status := ask(page); status != 403 {
		t.Errorf("of another site: %d", status)
	}
	if status := ask(map[string]string{"Origin": "http://127.0.0.1:8080"}); status != 403 {
		t.Errorf("no preflight: %d", status)
	}
}

// L1: nothing listens but on loopback.
func TestLoopbackOnly(t *testing.T) {
	f := newFixture(t)
	addrs := must(net.InterfaceAddrs())
	for _, a := range addrs {
		ip := a.(*net.IPNet).IP
		if ip.IsLoopback() || ip.To4() == nil {
			continue
		}
		if c, err := net.DialTimeout("tcp4", fmt.Sprintf("%s:%d", ip, f.Port()), time.Second); err == nil {
			c.Close()
			t.Errorf("the endpoint answers at %s", ip)
		}
	}
	if got := f.server.Handler; got == nil {
		t.Fatal("no handler")
	}
}

func TestLimitsAndPanics(t *testing.T) {
	f := newFixture(t)
	big := strings.Repeat("x", maxBody+1)
	if status := send(t, f.signed(t, f.creds, "logs", f.now, big, nil)); status != 413 {
		t.Errorf("a body over the limit: %d", status)
	}
	r := must(http.NewRequest(http.MethodPost, f.url()+"/", strings.NewReader("x")))
	r.Header.Set("X-Padding", strings.Repeat("x", 2*maxHeader))
	if status := send(t, r); status != 431 {
		t.Errorf("headers over the limit: %d", status)
	}
	if status := send(t, f.signed(t, f.creds, "logs", f.now, "{}", func(r *http.Request) { r.Header.Set("X-Amz-Target", "Logs.Panic") })); status != 500 {
		t.Errorf("a panic: %d", status)
	}
	if status := send(t, f.signed(t, f.creds, "braket", f.now, "{}", nil)); status != 501 {
		t.Errorf("an unknown service: %d", status)
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

// boto3 signs in its own way; where it is installed, it has to pass too.
func TestBoto3(t *testing.T) {
	if testing.Short() || exec.Command("python3", "-c", "import boto3").Run() != nil {
		t.Skip("boto3 is not installed")
	}
	f := newFixture(t)
	const script = `
import boto3, io
s3 = boto3.client("s3")
s3.put_object(Bucket="b", Key="a b/ü+.txt", Body=b"bytes", Metadata={"note": "x"})
logs = boto3.client("logs")
for i in range(3): logs.describe_log_groups() # equal calls within one second
s3.put_object(Bucket="b", Key="stream", Body=io.BytesIO(b"stream"), ChecksumAlgorithm="SHA256")
logs.describe_log_groups(logGroupNamePrefix="/a b")
print(boto3.client("sts").get_caller_identity()["Account"])
`
	cmd := exec.Command("python3", "-c", script)
	cmd.Env = []string{"PATH=/usr/bin:/bin:/usr/local/bin", "AWS_ENDPOINT_URL=" + f.url(), "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=" + f.creds.AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + f.creds.Secret, "AWS_SESSION_TOKEN=" + f.creds.Token, "AWS_EC2_METADATA_DISABLED=true"}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "000000000000" {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := f.seen[0]; got.Path != "/b/a b/ü+.txt" || string(got.Body) != "bytes" {
		t.Fatalf("%s %q", got.Path, got.Body)
	}
	if got := f.seen[4]; string(got.Body) != "stream" || got.Get("X-Amz-Checksum-Sha256") == "" {
		t.Fatalf("%q %v", got.Body, got.Header)
	}
}

func TestAddresses(t *testing.T) {
	a := NewAddresses(func(string, ...any) {})
	defer a.Close()
	port := must(a.Open("x", 0))
	if again := must(a.Open("x", 0)); again != port {
		t.Fatalf("%d, then %d", port, again)
	}
	u := fmt.Sprintf("http://127.0.0.1:%d/a%%2Fb?c=d", port)
	if status := send(t, must(http.NewRequest(http.MethodGet, u, nil))); status != 503 {
		t.Fatalf("nobody serves yet: %d", status)
	}
	a.Serve("x", func(_ context.Context, r kind.HTTPRequest) kind.HTTPResponse {
		text, _ := json.Marshal([]string{r.Method, r.Path, r.RawPath, r.Query, string(r.Body), r.Get("X-One")})
		return kind.HTTPResponse{Status: 201, Header: map[string][]string{"x-two": {"2"}, "Set-Cookie": {"a=1", "b=2"}}, Body: text}
	})
	r := must(http.NewRequest(http.MethodPost, u, strings.NewReader("body")))
	r.Header.Set("X-One", "1")
	res := must(http.DefaultClient.Do(r))
	text := must(io.ReadAll(res.Body))
	res.Body.Close()
	if want := `["POST","/a/b","/a%2Fb","c=d","body","1"]`; string(text) != want || res.StatusCode != http.StatusCreated || res.Header.Get("X-Two") != "2" || len(res.Header["Set-Cookie"]) != 2 {
		t.Fatalf("%d %s %v", res.StatusCode, text, res.Header)
	}
	if res := must(http.Head(u)); res.StatusCode != http.StatusCreated {
		t.Fatalf("HEAD: %d", res.StatusCode)
	}
	if status := send(t, must(http.NewRequest(http.MethodPost, u, bytes.NewReader(make([]byte, maxBody+1))))); status != 413 {
		t.Fatalf("too large: %d", status)
	}
	taken := must(a.Open("y", port))
	if taken == port || taken == 0 {
		t.Fatalf("a taken port gave %d", taken)
	}
	a.Drop("x")
	if l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
		t.Fatalf("the port is still held: %v", err)
	} else {
		l.Close()
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
