package endpoint

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// unchunk reads a body in the encoding aws-chunked, checks the signatures of chunks and trailers where they are signed,
// and puts the trailers (checksums) among the headers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
func unchunk(header http.Header, c claim, key, body []byte) ([]byte, *refusal) {
	var signed, trailers bool
	switch c.payload {
	case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
		trailers = true
	case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
		signed = true
	case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
		signed, trailers = true, true
	default:
		return nil, refuse("NotImplemented", "The embedded sandbox does not take bodies signed as %s.", c.payload)
	}
	previous := c.signature
	check := func(kind, parts, got string) bool {
		want := hex.EncodeToString(mac(key, kind+"\n"+c.date.Format(dateForm)+"\n"+c.scope()+"\n"+previous+"\n"+parts))
		previous = want
		return same(want, got)
	}
	out := make([]byte, 0, len(body))
	for {
		line, rest, ok := bytes.Cut(body, []byte("\r\n"))
		size, extension, _ := strings.Cut(string(line), ";")
		n, err := strconv.ParseUint(size, 16, 31)
		if !ok || err != nil || n > uint64(len(rest)) {
			return nil, malformed()
		}
		chunk := rest[:n]
		if signed && !check("AWS4-HMAC-SHA256-PAYLOAD", hexSum(nil)+"\n"+hexSum(chunk), strings.TrimPrefix(extension, "chunk-signature=")) {
			return nil, refuse("SignatureDoesNotMatch", "The signature of a chunk does not match.")
		}
		if body = rest[n:]; n == 0 {
			break
		}
		if body, ok = bytes.CutPrefix(body, []byte("\r\n")); !ok {
			return nil, malformed()
		}
		out = append(out, chunk...)
	}
	if length := header.Get("X-Amz-Decoded-Content-Length"); length != "" && length != strconv.Itoa(len(out)) {
		return nil, refuse("IncompleteBody", "You did not provide the number of bytes specified by the x-amz-decoded-content-length header.")
	}
	if trailers {
		if refused := readTrailers(header, body, func(canonical, got string) bool {
			return !signed || check("AWS4-HMAC-SHA256-TRAILER", hexSum([]byte(canonical)), got)
		}); refused != nil {
			return nil, refused
		}
	}
	// What the service stores as the object's encoding is what is left of the header.
	encodings := slices.DeleteFunc(strings.Split(header.Get("Content-Encoding"), ","), func(s string) bool { return strings.TrimSpace(s) == "aws-chunked" })
	if rest := strings.TrimSpace(strings.Join(encodings, ",")); rest != "" {
		header.Set("Content-Encoding", rest)
	} else {
		header.Del("Content-Encoding")
	}
	return out, nil
}

// readTrailers takes the trailers that were announced.
func readTrailers(header http.Header, text []byte, check func(canonical, signature string) bool) *refusal {
	announced := strings.Split(strings.ToLower(header.Get("X-Amz-Trailer")), ",")
	for i := range announced {
		announced[i] = strings.TrimSpace(announced[i])
	}
	var canonical, signature string
	found := map[string]string{}
	for line := range strings.SplitSeq(string(text), "\n") {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\r"), ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case !ok && name == "":
		case ok && name == "x-amz-trailer-signature":
			signature = value
		case ok && slices.Contains(announced, name):
			canonical += name + ":" + value + "\n"
			found[name] = value
		default:
			return malformed()
		}
	}
	if !check(canonical, signature) {
		return refuse("SignatureDoesNotMatch", "The signature of the trailing headers does not match.")
	}
	for name, value := range found {
		header.Set(name, value)
	}
	return nil
}

func malformed() *refusal {
	return refuse("IncompleteBody", "The request body is not in the encoding aws-chunked.")
}
