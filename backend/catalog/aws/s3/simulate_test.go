package s3

import (
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestNames(t *testing.T) {
	for name, legal := range map[string]bool{"abc": true, "my-bucket.1": true, "ab": false, "Abc": false, "a_b": false, "a..b": false, "192.168.1.1": false, "xn--abc": false, "abc-s3alias": false,
		"-abc": false, "abc-": false, strings.Repeat("a", 63): true, strings.Repeat("a", 64): false} {
		if (badName(name) == "") != legal {
			t.Errorf("%s: %q", name, badName(name))
		}
	}
}

func TestBucketsThatAreRefused(t *testing.T) {
	event := func(name, prefix string) map[string]any {
		return map[string]any{"Event": name, "Queue": "q", "Filter": map[string]any{"S3Key": map[string]any{"Rules": []any{map[string]any{"Name": "Prefix", "Value": prefix}}}}}
	}
	for at, p := range map[string]map[string]any{
		"BucketName":                {"BucketName": "UPPER"},
		"OwnershipControls":         {"OwnershipControls": map[string]any{"Rules": []any{map[string]any{"ObjectOwnership": "ObjectWriter"}}}},
		"NotificationConfiguration": {"NotificationConfiguration": map[string]any{"QueueConfigurations": []any{event("s3:ObjectCreated:*", "a"), event("s3:ObjectCreated:Put", "a/b")}}},
	} {
		if err := checkBucket(p); err == nil || fault.As(err).Where != at {
			t.Errorf("%s: %v", at, err)
		}
	}
	fine := map[string]any{"NotificationConfiguration": map[string]any{"QueueConfigurations": []any{event("s3:ObjectCreated:*", "a"), event("s3:ObjectCreated:Put", "b"), event("s3:ObjectRemoved:*", "a")}}}
	if err := checkBucket(fine); err != nil {
		t.Error(err)
	}
	if err := checkBucket(map[string]any{"NotificationConfiguration": map[string]any{"QueueConfigurations": []any{event("s3:ObjectRestore:*", "")}}}); fault.CodeOf(err) != fault.Unsupported {
		t.Errorf("an event that is never sent: %v", err)
	}
	p := newPlace(t, nil)
	if _, err := p.w.Create(t.Context(), "Twin", bucketType, map[string]any{"BucketName": "box"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second bucket of the name: %v", err)
	}
}

func TestGeneratedNames(t *testing.T) {
	p := newPlace(t, nil)
	b, err := p.w.Create(t.Context(), "AVeryLongLogicalIdThatGoesOnAndOnAndOnUntilItIsTooLongForABucket", bucketType, map[string]any{})
	if err != nil || badName(b.PhysicalID) != "" || !strings.HasSuffix(b.PhysicalID, "-1a2b3c4d5e6f") {
		t.Errorf("the name is %s: %v", b.PhysicalID, err)
	}
	if b.Attributes["Arn"] != b.ARN || b.Attributes["RegionalDomainName"] != b.PhysicalID+".s3.us-east-1.amazonaws.com" {
		t.Errorf("the attributes are %v", b.Attributes)
	}
}

func TestBucketPolicies(t *testing.T) {
	p := newPlace(t, map[string]any{"PublicAccessBlockConfiguration": map[string]any{"BlockPublicPolicy": true}})
	document := func(principal any, conditions map[string]any) map[string]any {
		st := map[string]any{"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::box/*"}
		if conditions != nil {
			st["Condition"] = conditions
		}
		return map[string]any{"Bucket": "box", "PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{st}}}
	}
	for _, everybody := range []any{"*", map[string]any{"AWS": "*"}, map[string]any{"AWS": []any{"*"}}} {
		if _, err := p.w.Create(t.Context(), "Policy", policyType, document(everybody, nil)); fault.CodeOf(err) != fault.Denied {
			t.Errorf("a policy for %v: %v", everybody, err)
		}
	}
	in, err := p.w.Create(t.Context(), "Policy", policyType, document("*", map[string]any{"StringEquals": map[string]any{"aws:PrincipalAccount": "000000000000"}}))
	if err != nil || in.PhysicalID != "box" || len(p.w.Policies(p.b.ARN)) != 1 {
		t.Fatalf("the policy %s of %v: %v", in.PhysicalID, p.w.Policies(p.b.ARN), err)
	}
	if _, err := p.w.Create(t.Context(), "Second", policyType, document(map[string]any{"Service": "cloudfront.amazonaws.com"}, nil)); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second policy: %v", err)
	}
	if err := p.w.Delete(t.Context(), in); err != nil || len(p.w.Policies(p.b.ARN)) != 0 {
		t.Errorf("the policies left are %v: %v", p.w.Policies(p.b.ARN), err)
	}
}

func TestCrossOrigin(t *testing.T) {
	p := newPlace(t, map[string]any{"CorsConfiguration": map[string]any{"CorsRules": []any{
		map[string]any{"AllowedOrigins": []any{"https://*.example.com"}, "AllowedMethods": []any{"PUT"}, "AllowedHeaders": []any{"Content-*"}, "ExposedHeaders": []any{"ETag"}, "MaxAge": 60},
		map[string]any{"AllowedOrigins": []any{"*"}, "AllowedMethods": []any{"GET"}}}}})
	got := p.ok("PUT /box/k", "x", "Origin", "https://shop.example.com")
	if header(got, "Access-Control-Allow-Origin") != "https://shop.example.com" || header(got, "Access-Control-Expose-Headers") != "ETag" {
		t.Errorf("the headers are %v", got.Header)
	}
	if got := p.ok("PUT /box/k", "x", "Origin", "https://evil.example"); header(got, "Access-Control-Allow-Origin") != "" {
		t.Errorf("the headers are %v", got.Header)
	}
	if got := p.ok("GET /box/k", "", "Origin", "https://evil.example"); header(got, "Access-Control-Allow-Origin") != "*" || header(got, "Access-Control-Allow-Credentials") != "" {
		t.Errorf("the headers are %v", got.Header)
	}
	asked := p.ok("OPTIONS /box/k", "", "Origin", "https://shop.example.com", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "content-type, Content-Md5")
	if header(asked, "Access-Control-Allow-Headers") != "content-type, content-md5" || header(asked, "Access-Control-Max-Age") != "60" {
		t.Errorf("the preflight is %v", asked.Header)
	}
	p.refused(403, "AccessForbidden", "OPTIONS /box/k", "", "Origin", "https://shop.example.com", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-other")
	p.refused(403, "AccessForbidden", "OPTIONS /box/k", "", "Origin", "https://shop.example.com", "Access-Control-Request-Method", "DELETE")
}

// At its own host name a bucket is anonymous, but for a distribution that reads it.
func TestHost(t *testing.T) {
	p := newPlace(t, nil)
	p.ok("PUT /box/k", "x")
	ask := kind.HTTPRequest{Method: "GET", Host: "box.s3.us-east-1.amazonaws.com", RawPath: "/k", Header: map[string][]string{}}
	before := len(p.w.Asked())
	if r, err := p.w.Fetch(t.Context(), ask); err != nil || string(r.Body) != "x" {
		t.Fatalf("got %v, %v", r, err)
	}
	ask.Header["X-Amz-Source-Arn"] = []string{"arn:distribution"}
	if _, err := p.w.Fetch(t.Context(), ask); err != nil {
		t.Fatal(err)
	}
	asked := p.w.Asked()[before:]
	if asked[0].Principal != (kind.Principal{}) || asked[1].Principal != (kind.Principal{Service: "cloudfront.amazonaws.com"}) || asked[1].Context["aws:SourceArn"] != "arn:distribution" {
		t.Errorf("asked %+v", asked)
	}
}

func TestCall(t *testing.T) {
	target := kind.Target{Node: "box", Resources: map[string]kind.Deployed{"": {PhysicalID: "box"}}}
	for payload, want := range map[string]string{
		`{"key": "a b/ü.txt", "body": "hello"}`:                   "/box/a%20b/%C3%BC.txt text/plain; charset=utf-8 hello",
		`{"key": "k", "body": {"a": 1}}`:                          `/box/k application/json {"a": 1}`,
		`{"key": "k", "body": "<p>", "contentType": "text/html"}`: "/box/k text/html <p>",
		`{"key": "k", "base64": "AP8="}`:                          "/box/k application/octet-stream \x00\xff",
	} {
		r, err := New().Call(target, []byte(payload))
		if got := r.Path + " " + r.Header["Content-Type"] + " " + string(r.Body); err != nil || got != want {
			t.Errorf("%s: %s, %v", payload, got, err)
		}
	}
	for _, payload := range []string{``, `{}`, `{"key": "k"}`, `[]`, `{"key": "k", "base64": "?"}`, `{"key": "k", "body": "", "base64": ""}`} {
		if _, err := New().Call(target, []byte(payload)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", payload, err)
		}
	}
	if _, err := New().Call(kind.Target{}, []byte(`{"key":"k","body":""}`)); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("not deployed: %v", err)
	}
}
