package s3

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"slices"
	"strconv"
	"strings"
)

// algorithm is a checksum that programs may send with an object and ask for with it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
type algorithm struct {
	name string // as XML and headers have it: CRC32, SHA256 …
	make func() hash.Hash
	// whole: multipart uploads may have one checksum over the whole object; composite: one over the parts' checksums.
	whole, composite bool
}

var algorithms = []algorithm{
	{"CRC64NVME", func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) }, true, false},
	{"CRC32", func() hash.Hash { return crc32.NewIEEE() }, true, true},
	{"CRC32C", func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }, true, true},
	{"SHA1", sha1.New, false, true},
	{"SHA256", sha256.New, false, true},
	{"SHA512", sha512.New, false, true},
	{"MD5", md5.New, false, true},
}

// standard is what S3 computes where a program sends none.
var standard = algorithms[0]

// unknownAlgorithms are those that S3 knows and Go's standard library does not.
var unknownAlgorithms = []string{"XXHASH64", "XXHASH3", "XXHASH128"}

func algorithmOf(name string) (algorithm, bool) {
	i := slices.IndexFunc(algorithms, func(a algorithm) bool { return strings.EqualFold(a.name, name) })
	if i < 0 {
		return algorithm{}, false
	}
	return algorithms[i], true
}

func (a algorithm) sum(data []byte) string {
	h := a.make()
	h.Write(data)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// header is the name of the header that carries the checksum, in Go's canonical form.
func (a algorithm) header() string {
	return "X-Amz-Checksum-" + a.name[:1] + strings.ToLower(a.name[1:])
}

// compose is the checksum over the parts' checksums, with their number.
func (a algorithm) compose(parts []string) string {
	h := a.make()
	for _, p := range parts {
		raw, _ := base64.StdEncoding.DecodeString(p) // ours: it was verified when the part came
		h.Write(raw)
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(parts))
}

// checksum is a checksum of an object or part.
type checksum struct {
	Algorithm string `json:",omitempty"`
	Value     string `json:",omitempty"`
	Composite bool   `json:",omitempty"` // over the parts, not the whole
}

func (c checksum) kind() string {
	if c.Composite {
		return "COMPOSITE"
	}
	return "FULL_OBJECT"
}

// payload is the body of an upload with the checksum that the program sent, or the standard one. A body that does not match
// what was sent with it is refused.
func (r *request) payload() ([]byte, checksum, error) {
	body, trailer := r.Body, map[string]string{}
	if strings.HasPrefix(r.Get("X-Amz-Content-Sha256"), "STREAMING-") || slices.Contains(encodings(r.Get("Content-Encoding")), "aws-chunked") {
		var err error
		if body, trailer, err = unchunk(r.Body); err != nil {
			return nil, checksum{}, err
		}
		if n, err := strconv.Atoi(r.Get("X-Amz-Decoded-Content-Length")); err == nil && n != len(body) {
			return nil, checksum{}, fail(400, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header.")
		}
	}
	if want := r.Get("Content-Md5"); want != "" {
		if raw, err := base64.StdEncoding.DecodeString(want); err != nil || len(raw) != md5.Size {
			return nil, checksum{}, fail(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
		}
		if sum := md5.Sum(body); base64.StdEncoding.EncodeToString(sum[:]) != want {
			return nil, checksum{}, fail(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
		}
	}
	sent, err := r.sentChecksum(trailer)
	if err != nil {
		return nil, checksum{}, err
	}
	if sent.Algorithm == "" {
		return body, checksum{}, nil
	}
	a, _ := algorithmOf(sent.Algorithm)
	if a.sum(body) != sent.Value {
		return nil, checksum{}, fail(400, "BadDigest", "The %s you specified did not match the calculated checksum.", a.name)
	}
	return body, sent, nil
}

// sentChecksum is the checksum in the headers or the trailer.
func (r *request) sentChecksum(trailer map[string]string) (checksum, error) {
	for _, name := range unknownAlgorithms {
		if r.Get("X-Amz-Checksum-"+name[:1]+strings.ToLower(name[1:])) != "" || trailer["x-amz-checksum-"+strings.ToLower(name)] != "" ||
			strings.EqualFold(r.Get("X-Amz-Sdk-Checksum-Algorithm"), name) {
			return checksum{}, unsupported("the embedded sandbox does not compute the checksum %s", name)
		}
	}
	for _, a := range algorithms {
		v := r.Get(a.header())
		if t := trailer["x-amz-checksum-"+strings.ToLower(a.name)]; v == "" {
			v = t
		}
		if v == "" {
			continue
		}
		if raw, err := base64.StdEncoding.DecodeString(v); err != nil || len(raw) != a.make().Size() {
			return checksum{}, fail(400, "InvalidRequest", "Value for x-amz-checksum-%s header is invalid.", strings.ToLower(a.name))
		}
		return checksum{Algorithm: a.name, Value: v}, nil
	}
	return checksum{}, nil
}

// unchunk decodes the aws-chunked encoding, signed or not: "<size>[;chunk-signature=…]", the data, and after an empty chunk
// the trailing headers. The signatures of chunks are not verified: the request's own is, and it covers the seed of theirs.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
func unchunk(raw []byte) (body []byte, trailer map[string]string, err error) {
	broken := fail(400, "IncompleteBody", "The request body terminated unexpectedly")
	body = make([]byte, 0, len(raw))
	for {
		line, rest, ok := bytes.Cut(raw, []byte("\r\n"))
		if !ok {
			return nil, nil, broken
		}
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(digits), 16, 62)
		if err != nil || size > uint64(len(rest)) {
			return nil, nil, broken
		}
		if size == 0 {
			raw = rest
			break
		}
		body = append(body, rest[:size]...)
		if raw, ok = bytes.CutPrefix(rest[size:], []byte("\r\n")); !ok {
			return nil, nil, broken
		}
	}
	trailer = map[string]string{}
	for line := range bytes.Lines(raw) {
		if name, value, ok := strings.Cut(strings.TrimSpace(string(line)), ":"); ok {
			trailer[strings.ToLower(name)] = strings.TrimSpace(value)
		}
	}
	return body, trailer, nil
}

// encodings are the content encodings of a header.
func encodings(header string) []string {
	var out []string
	for e := range strings.SplitSeq(header, ",") {
		if e = strings.TrimSpace(e); e != "" {
			out = append(out, e)
		}
	}
	return out
}
