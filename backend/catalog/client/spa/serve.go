package spa

import (
	"context"
	"fmt"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"

	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// distribution is a distribution's settings, as far as they count here.
type distribution struct {
	in     kind.Instance
	config map[string]any
}

// allowed are the methods that a distribution takes where its settings name none.
var allowed = []string{"GET", "HEAD"}

// passed are the headers of a viewer that reach the bucket.
var passed = []string{"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"}

// serve answers a browser: the file, or what the distribution has for an error, with the headers of its policy.
func serve(ctx context.Context, w kind.World, in kind.Instance, r kind.HTTPRequest) kind.HTTPResponse {
	d := distribution{in: in}
	d.config, _ = in.Properties["DistributionConfig"].(map[string]any)
	var out kind.HTTPResponse
	switch {
	case !property.Flag(d.config, "Enabled"):
		out = plain(403, "The distribution is disabled.")
	case !slices.Contains(allowed, r.Method):
		out = plain(403, "This distribution is not configured to allow the HTTP request method "+r.Method+".")
	default:
		out = d.answer(ctx, w, r)
	}
	out.Header["Via"] = []string{"1.1 " + in.PhysicalID + ".cloudfront.net (CloudFront)"}
	out.Header["X-Cache"] = []string{"Miss from cloudfront"}
	if out.Status >= 400 {
		out.Header["X-Cache"] = []string{"Error from cloudfront"}
	}
	behavior, _ := d.config["DefaultCacheBehavior"].(map[string]any)
	if id := property.Text(behavior, "ResponseHeadersPolicyId"); id != "" {
		if p, ok := w.Lookup(headersType, id); ok {
			c, _ := p.Properties["ResponseHeadersPolicyConfig"].(map[string]any)
			protect(out.Header, c)
		}
	}
	return out
}

// answer gets the file, and where that fails what the distribution answers errors with.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
func (d distribution) answer(ctx context.Context, w kind.World, r kind.HTTPRequest) kind.HTTPResponse {
	path := r.RawPath
	if path == "" {
		path = (&url.URL{Path: r.Path}).EscapedPath()
	}
	if root := property.Text(d.config, "DefaultRootObject"); path == "/" {
		path += root
	}
	out := d.fetch(ctx, w, r, path, passed)
	list, _ := d.config["CustomErrorResponses"].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		page := property.Text(m, "ResponsePagePath")
		if code, _ := property.Integer(m, "ErrorCode"); code != out.Status || page == "" {
			continue
		}
		if instead := d.fetch(ctx, w, r, page, nil); instead.Status == 200 {
			if code, _ := property.Integer(m, "ResponseCode"); code != 0 {
				instead.Status = code
			}
			return instead
		}
	}
	return out
}

// fetch asks the origin as CloudFront does: at the bucket's own name, signed by the origin access control.
func (d distribution) fetch(ctx context.Context, w kind.World, r kind.HTTPRequest, path string, headers []string) kind.HTTPResponse {
	behavior, _ := d.config["DefaultCacheBehavior"].(map[string]any)
	origins, _ := d.config["Origins"].([]any)
	for _, e := range origins {
		o, _ := e.(map[string]any)
		if o["Id"] != behavior["TargetOriginId"] {
			continue
		}
		host := property.Text(o, "DomainName")
		folder := property.Text(o, "OriginPath")
		ask := kind.HTTPRequest{Method: r.Method, Scheme: "https", Host: host, Path: folder + path, RawPath: folder + path, Header: map[string][]string{}, Remote: r.Remote}
		for _, name := range headers {
			if v := r.Header[name]; len(v) > 0 {
				ask.Header[name] = v
			}
		}
		if id := property.Text(o, "OriginAccessControlId"); id != "" && signs(w, id) {
			ask.Header["X-Amz-Source-Arn"], ask.Header["X-Amz-Source-Account"] = []string{d.in.ARN}, []string{w.Account()}
		}
		out, err := w.Fetch(ctx, ask)
		if err != nil {
			return plain(502, fmt.Sprintf("CloudFront wasn't able to connect to the origin: %s", err))
		}
		return out
	}
	return plain(502, "The distribution has no such origin.")
}

func signs(w kind.World, id string) bool {
	in, ok := w.Lookup(accessType, id)
	c, _ := in.Properties["OriginAccessControlConfig"].(map[string]any)
	return ok && c["SigningBehavior"] != "never"
}

// protect applies a response headers policy.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
func protect(header map[string][]string, config map[string]any) {
	set := func(name, value string, override any) {
		if _, has := header[name]; value != "" && (!has || property.Flag(override)) {
			header[name] = []string{value}
		}
	}
	remove, _ := config["RemoveHeadersConfig"].(map[string]any)
	items, _ := remove["Items"].([]any)
	for _, e := range items {
		m, _ := e.(map[string]any)
		name := property.Text(m, "Header")
		delete(header, textproto.CanonicalMIMEHeaderKey(name))
	}
	security, _ := config["SecurityHeadersConfig"].(map[string]any)
	part := func(name string) map[string]any { m, _ := security[name].(map[string]any); return m }
	if m := part("ContentTypeOptions"); m != nil {
		set("X-Content-Type-Options", "nosniff", m["Override"])
	}
	for _, h := range []struct{ part, key, header string }{
		{"ContentSecurityPolicy", "ContentSecurityPolicy", "Content-Security-Policy"},
		{"FrameOptions", "FrameOption", "X-Frame-Options"},
		{"ReferrerPolicy", "ReferrerPolicy", "Referrer-Policy"},
	} {
		m := part(h.part)
		value, _ := m[h.key].(string)
		set(h.header, value, m["Override"])
	}
	if m := part("StrictTransportSecurity"); m != nil {
		age, _ := property.Integer(m, "AccessControlMaxAgeSec")
		value := "max-age=" + strconv.Itoa(age)
		if property.Flag(m, "IncludeSubdomains") {
			value += "; includeSubDomains"
		}
		if property.Flag(m, "Preload") {
			value += "; preload"
		}
		set("Strict-Transport-Security", value, m["Override"])
	}
	if m := part("XSSProtection"); m != nil {
		value := "0"
		if property.Flag(m, "Protection") {
			value = "1"
		}
		if property.Flag(m, "ModeBlock") {
			value += "; mode=block"
		}
		set("X-Xss-Protection", value, m["Override"])
	}
	custom, _ := config["CustomHeadersConfig"].(map[string]any)
	items, _ = custom["Items"].([]any)
	for _, e := range items {
		m, _ := e.(map[string]any)
		name := property.Text(m, "Header")
		value := property.Text(m, "Value")
		set(textproto.CanonicalMIMEHeaderKey(name), value, m["Override"])
	}
}

func plain(status int, text string) kind.HTTPResponse {
	return kind.HTTPResponse{Status: status, Header: map[string][]string{"Content-Type": {"text/plain; charset=utf-8"}}, Body: []byte(text + "\n")}
}
