package endpoint

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"

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
