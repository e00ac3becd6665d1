package endpoint

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	dateForm  = "20060102T150405Z"
	// skew is how far a request's date may be off.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
	skew = 15 * time.Minute
	// longestPresigned is AWS's limit of seven days.
	longestPresigned = 7 * 24 * time.Hour
	unsignedPayload  = "UNSIGNED-PAYLOAD"
)

// claim is what a request says about its signature, before any of it is believed.
type claim struct {
	accessKey, day, region, service string
	signed                          []string // header names, lower-case
	signature                       string
	date                            time.Time
	token                           string
	presigned                       bool
	life                            time.Duration // of a presigned request
	payload                         string        // X-Amz-Content-Sha256, "" where it is not sent
}

func (c claim) scope() string {
	return c.day + "/" + c.region + "/" + c.service + "/aws4_request"
}

// readClaim reads the Authorization header or the query of a presigned request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func readClaim(r *http.Request) (claim, *refusal) {
	var c claim
	var credential, signed, date string
	q := r.URL.Query()
	switch header := r.Header.Get("Authorization"); {
	case header != "":
		rest, ok := strings.CutPrefix(header, algorithm+" ")
		if !ok {
			return c, refuse("IncompleteSignature", "The Authorization header must begin with %s.", algorithm)
		}
		for part := range strings.SplitSeq(rest, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			switch name {
			case "Credential":
				credential = value
			case "SignedHeaders":
				signed = value
			case "Signature":
				c.signature = value
			}
		}
		date, c.token = r.Header.Get("X-Amz-Date"), r.Header.Get("X-Amz-Security-Token")
		c.payload = r.Header.Get("X-Amz-Content-Sha256")
	case q.Get("X-Amz-Algorithm") == algorithm:
		credential, signed, c.signature = q.Get("X-Amz-Credential"), q.Get("X-Amz-SignedHeaders"), q.Get("X-Amz-Signature")
		date, c.token = q.Get("X-Amz-Date"), q.Get("X-Amz-Security-Token")
		seconds, err := strconv.Atoi(q.Get("X-Amz-Expires"))
		c.presigned, c.life = true, time.Duration(seconds)*time.Second
		if err != nil || c.life <= 0 || c.life > longestPresigned {
			return c, refuse("AuthorizationQueryParametersError", "X-Amz-Expires must be between 1 and 604800 seconds.")
		}
		if c.payload = r.Header.Get("X-Amz-Content-Sha256"); c.payload == "" {
			c.payload = q.Get("X-Amz-Content-Sha256")
		}
	default:
		return c, refuse("MissingAuthenticationToken", "Request is missing Authentication Token.")
	}
	part := strings.Split(credential, "/")
	var err error
	c.date, err = time.Parse(dateForm, date)
	if len(part) != 5 || part[4] != "aws4_request" || signed == "" || len(c.signature) != 64 || err != nil {
		return c, refuse("IncompleteSignature", "The request's signature lacks its credential, signed headers, date or signature.")
	}
	c.accessKey, c.day, c.region, c.service = part[0], part[1], part[2], part[3]
	c.signed = strings.Split(signed, ";")
	return c, nil
}

// check verifies all that can be told before the body is read: who signed it, when, and that what must be signed is.
func (e *Endpoint) check(r *http.Request, c claim) (issued, *refusal) {
	k, ok := e.Keys.find(c.accessKey)
	if !ok {
		return k, refuse("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	if !same(c.token, k.Token) {
		return k, refuse("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	now, date := e.Now(), c.date
	late := date.Add(skew)
	if c.presigned {
		late = date.Add(c.life)
	}
	switch {
	case c.day != date.Format("20060102"):
		return k, refuse("SignatureDoesNotMatch", "Date in Credential scope does not match the date of the request.")
	case c.region != e.Region:
		return k, refuse("SignatureDoesNotMatch", "Credential should be scoped to a valid region: the embedded sandbox is %s, and the request is signed for %s.", e.Region, c.region)
	case now.After(late), now.Before(date.Add(-skew)):
		return k, refuse("RequestExpired", "Signature expired or not yet valid: %s is too far from %s.", date.Format(dateForm), now.UTC().Format(dateForm))
	case !slices.Contains(c.signed, "host"):
		return k, refuse("SignatureDoesNotMatch", "The Host header must be signed.")
	}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && !slices.Contains(c.signed, name) {
			return k, refuse("SignatureDoesNotMatch", "There were headers present in the request which were not signed: %s.", name)
		}
	}
	return k, nil
}

// signature computes what the request's signature must be, and the key that chunks are signed with.
func signature(r *http.Request, c claim, secret string, body []byte) (sum string, key []byte, refused *refusal) {
	payload := c.payload
	switch {
	case payload == "" && c.presigned && c.service == "s3":
		payload = unsignedPayload
	case payload == "":
		payload = hexSum(body)
	case payload == unsignedPayload && c.service != "s3":
		return "", nil, refuse("SignatureDoesNotMatch", "Only S3 takes unsigned payloads.")
	}
	var headers strings.Builder
	for _, name := range c.signed {
		value, ok := headerValue(r, name)
		if !ok {
			return "", nil, refuse("SignatureDoesNotMatch", "The signed header %s is not in the request.", name)
		}
		headers.WriteString(name + ":" + value + "\n")
	}
	canonical := strings.Join([]string{r.Method, canonicalPath(r.URL, c.service), canonicalQuery(r.URL), headers.String(), strings.Join(c.signed, ";"), payload}, "\n")
	key = []byte("AWS4" + secret)
	for _, part := range []string{c.day, c.region, c.service, "aws4_request"} {
		key = mac(key, part)
	}
	toSign := strings.Join([]string{algorithm, c.date.Format(dateForm), c.scope(), hexSum([]byte(canonical))}, "\n")
	return hex.EncodeToString(mac(key, toSign)), key, nil
}

func headerValue(r *http.Request, name string) (string, bool) {
	switch name {
	case "host":
		return r.Host, true
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10), r.ContentLength >= 0
	}
	values := r.Header.Values(name)
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strings.Join(strings.Fields(v), " ")
	}
	return strings.Join(out, ","), len(values) > 0
}

// canonicalPath: S3 encodes the path once, everybody else twice.
func canonicalPath(u *url.URL, service string) string {
	p := u.Path
	if service != "s3" {
		p = u.EscapedPath()
	}
	if p == "" {
		p = "/"
	}
	return encode(p, true)
}

func canonicalQuery(u *url.URL) string {
	var pairs []string
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		n, err1 := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil || n == "X-Amz-Signature" {
			continue
		}
		pairs = append(pairs, encode(n, false)+"="+encode(v, false))
	}
	// By name, then by value: '=' sorts above what names may consist of ('%', '-', '.', digits), so pairs are compared in two parts.
	slices.SortFunc(pairs, func(a, b string) int {
		an, av, _ := strings.Cut(a, "=")
		bn, bv, _ := strings.Cut(b, "=")
		if c := strings.Compare(an, bn); c != 0 {
			return c
		}
		return strings.Compare(av, bv)
	})
	return strings.Join(pairs, "&")
}

// encode is AWS's UriEncode: all but unreserved characters.
func encode(s string, keepSlash bool) string {
	const digits = "0123456789ABCDEF"
	var out bytes.Buffer
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~', c == '/' && keepSlash:
			out.WriteByte(c)
		default:
			out.WriteByte('%')
			out.WriteByte(digits[c>>4])
			out.WriteByte(digits[c&15])
		}
	}
	return out.String()
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// verify checks the signature and gives the body as the service is to see it: chunks joined, trailers among the headers.
func (e *Endpoint) verify(r *http.Request, c claim, secret string, body []byte) ([]byte, *refusal) {
	want, key, refused := signature(r, c, secret, body)
	if refused != nil {
		return nil, refused
	}
	if !same(want, c.signature) {
		return nil, refuse("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.")
	}
	switch {
	case strings.HasPrefix(c.payload, "STREAMING-"):
		if c.service != "s3" {
			return nil, refuse("SignatureDoesNotMatch", "Only S3 takes bodies in chunks.")
		}
		if body, refused = unchunk(r.Header, c, key, body); refused != nil {
			return nil, refused
		}
	case c.payload != "" && c.payload != unsignedPayload && !same(c.payload, hexSum(body)):
		return nil, refuse("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	// A presigned address is made to be used again until it expires.
	if !c.presigned && !e.seen.first(once(r, c), e.Now()) {
		return nil, refuse("SignatureDoesNotMatch", "The request has been received before: a signature counts once.")
	}
	return body, nil
}

// once is what makes a request a new one. Dates have seconds, so that two equal calls within one have the same signature; SDKs
// number their calls and tries, and not all of them sign the number.
func once(r *http.Request, c claim) string {
	return c.signature + " " + r.Header.Get("Amz-Sdk-Invocation-Id") + " " + r.Header.Get("Amz-Sdk-Request")
}
