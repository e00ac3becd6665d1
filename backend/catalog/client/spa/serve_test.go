package spa_test

import (
	"context"
	"testing"

	"airloom/backend/catalog/aws/s3"
	"airloom/backend/catalog/client/spa"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

// place is a distribution before a bucket with the files of a client.
type place struct {
	t    *testing.T
	w    *kindtest.World
	site kind.Instance
	sim  kind.Simulation
}

func newPlace(t *testing.T, change func(distribution, access, headers map[string]any)) *place {
	t.Helper()
	ctx := context.Background()
	store, sim := s3.New().Simulate(), spa.New().Simulate()
	w := kindtest.New(store, sim)
	create := func(id, resourceType string, properties map[string]any) kind.Instance {
		in, err := w.Create(ctx, id, resourceType, properties)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	access := map[string]any{"OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4"}
	headers := map[string]any{"Name": "x", "SecurityHeadersConfig": map[string]any{
		"ContentTypeOptions":      map[string]any{"Override": true},
		"ContentSecurityPolicy":   map[string]any{"ContentSecurityPolicy": "script-src 'self'", "Override": true},
		"StrictTransportSecurity": map[string]any{"AccessControlMaxAgeSec": 60, "IncludeSubdomains": true, "Preload": true, "Override": true},
		"FrameOptions":            map[string]any{"FrameOption": "DENY", "Override": true}}}
	config := map[string]any{"Enabled": true, "DefaultRootObject": "index.html",
		"DefaultCacheBehavior": map[string]any{"TargetOriginId": "files"},
		"CustomErrorResponses": []any{map[string]any{"ErrorCode": 403, "ResponseCode": 200, "ResponsePagePath": "/index.html"}, map[string]any{"ErrorCode": 404, "ResponseCode": 200, "ResponsePagePath": "/index.html"}}}
	bucket := create("Files", "AWS::S3::Bucket", map[string]any{"BucketName": "files"})
	config["Origins"] = []any{map[string]any{"Id": "files", "DomainName": bucket.Attributes["RegionalDomainName"]}}
	if change != nil {
		change(config, access, headers)
	}
	oac := create("Access", "AWS::CloudFront::OriginAccessControl", map[string]any{"OriginAccessControlConfig": access})
	policy := create("Headers", "AWS::CloudFront::ResponseHeadersPolicy", map[string]any{"ResponseHeadersPolicyConfig": headers})
	config["Origins"].([]any)[0].(map[string]any)["OriginAccessControlId"] = oac.PhysicalID
	config["DefaultCacheBehavior"].(map[string]any)["ResponseHeadersPolicyId"] = policy.PhysicalID
	site := create("Web", "AWS::CloudFront::Distribution", map[string]any{"DistributionConfig": config})
	for key, body := range map[string]string{"index.html": "<p>client", "assets/app%20one.js": "run()", "config.json": "{}"} {
		r := store.Services[0].Serve(ctx, w, kind.APIRequest{Principal: kind.Principal{Owner: true}, HTTPRequest: kind.HTTPRequest{Method: "PUT", Host: "127.0.0.1:4566", RawPath: "/files/" + key,
			Header: map[string][]string{}, Body: []byte(body)}})
		if r.Status != 200 {
			t.Fatalf("put %s: %d %s", key, r.Status, r.Body)
		}
	}
	// The bucket's policy lets this distribution get objects, and nobody else anything.
	w.Denied = func(a kind.Access) error {
		if a.Principal.Service == "cloudfront.amazonaws.com" && a.Action == "s3:GetObject" && a.Context["aws:SourceArn"] == site.ARN {
			return nil
		}
		return fault.New(fault.Denied, "not %s", a.Action)
	}
	return &place{t, w, site, sim}
}

func (p *place) get(method, path string, headers ...string) kind.HTTPResponse {
	h := map[string][]string{}
	for i := 0; i+1 < len(headers); i += 2 {
		h[headers[i]] = []string{headers[i+1]}
	}
	for _, t := range p.sim.Types {
		if t.Serve != nil {
			return t.Serve(context.Background(), p.w, p.site, kind.HTTPRequest{Method: method, Path: path, RawPath: path, Header: h})
		}
	}
	p.t.Fatal("nothing serves")
	return kind.HTTPResponse{}
}

func (p *place) want(status int, body, method, path string, headers ...string) kind.HTTPResponse {
	p.t.Helper()
	r := p.get(method, path, headers...)
	if r.Status != status || body != "" && string(r.Body) != body {
		p.t.Errorf("%s %s: %d %q, want %d %q", method, path, r.Status, r.Body, status, body)
	}
	return r
}

func TestFiles(t *testing.T) {
	p := newPlace(t, nil)
	p.want(200, "<p>client", "GET", "/")
	p.want(200, "run()", "GET", "/assets/app%20one.js")
	p.want(200, "{}", "GET", "/config.json")
	p.want(206, "un", "GET", "/assets/app%20one.js", "Range", "bytes=1-2")
	head := p.want(200, "", "HEAD", "/")
	if len(head.Body) > 0 || head.Header["Content-Length"][0] != "9" {
		t.Errorf("HEAD gave %q %v", head.Body, head.Header)
	}
	tag := head.Header["Etag"][0]
	p.want(304, "", "GET", "/", "If-None-Match", tag)
	p.want(403, "", "POST", "/")
	if p.site.Attributes["DomainName"] != "127.0.0.1:40003" {
		t.Errorf("the name is %v", p.site.Attributes["DomainName"])
	}
}

func TestClientRoutes(t *testing.T) {
	p := newPlace(t, nil)
	p.want(200, "<p>client", "GET", "/orders/7", "If-None-Match", `"x"`, "Range", "bytes=0-1")
	p = newPlace(t, func(d, _, _ map[string]any) { delete(d, "CustomErrorResponses") })
	p.want(403, "", "GET", "/orders/7")
	// Where the page itself cannot be had, the error is what it is.
	p = newPlace(t, func(d, _, _ map[string]any) {
		d["CustomErrorResponses"] = []any{map[string]any{"ErrorCode": "403", "ResponseCode": "200", "ResponsePagePath": "/none.html"}}
	})
	p.want(403, "", "GET", "/orders/7")
}

func TestHeadersProtectThePage(t *testing.T) {
	p := newPlace(t, func(_, _, h map[string]any) {
		h["CustomHeadersConfig"] = map[string]any{"Items": []any{map[string]any{"Header": "x-one", "Value": "1", "Override": false}, map[string]any{"Header": "etag", "Value": "mine", "Override": false}}}
		h["RemoveHeadersConfig"] = map[string]any{"Items": []any{map[string]any{"Header": "server"}}}
	})
	for _, path := range []string{"/", "/orders/7"} {
		r := p.get("GET", path)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "script-src 'self'", "X-Frame-Options": "DENY",
			"Strict-Transport-Security": "max-age=60; includeSubDomains; preload", "X-One": "1"} {
			if got := r.Header[name]; len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if r.Header["Etag"][0] == "mine" || r.Header["Server"] != nil {
			t.Errorf("%s: the headers are %v", path, r.Header)
		}
	}
}

func TestOnlyTheDistributionReadsTheBucket(t *testing.T) {
	p := newPlace(t, func(d, access, _ map[string]any) {
		delete(d, "CustomErrorResponses")
		access["SigningBehavior"] = "never"
	})
	p.want(403, "", "GET", "/")
	p = newPlace(t, func(d, _, _ map[string]any) { d["Enabled"] = false })
	p.want(403, "", "GET", "/")
	p = newPlace(t, func(d, _, _ map[string]any) { d["DefaultCacheBehavior"] = map[string]any{"TargetOriginId": "other"} })
	p.want(502, "", "GET", "/")
	p = newPlace(t, func(d, _, _ map[string]any) {
		d["Origins"] = []any{map[string]any{"Id": "files", "DomainName": "files.example.com"}}
	})
	p.want(502, "", "GET", "/")
}

func TestOriginsThatAreRefused(t *testing.T) {
	for _, c := range []map[string]any{{"OriginAccessControlOriginType": "lambda"}, {"OriginAccessControlOriginType": "s3", "SigningBehavior": "no-override"}} {
		w := kindtest.New(spa.New().Simulate())
		if _, err := w.Create(t.Context(), "Access", "AWS::CloudFront::OriginAccessControl", map[string]any{"OriginAccessControlConfig": c}); fault.CodeOf(err) != fault.Unsupported {
			t.Errorf("%v: %v", c, err)
		}
	}
}
