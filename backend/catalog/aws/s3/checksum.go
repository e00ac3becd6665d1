package s3

import (
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

// payload is the body of an upload with the checksum that the program sent. A body that does not match what was sent with it
// is refused. The encoding aws-chunked is the endpoint's, which has verified the chunks and put their trailers among the headers.
func (r *request) payload() ([]byte, checksum, error) {
	body := r.Body
	if want := r.Get("Content-Md5"); want != "" {
		if raw, err := base64.StdEncoding.DecodeString(want); err != nil || len(raw) != md5.Size {
			return nil, checksum{}, fail(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
		}
		if sum := md5.Sum(body); base64.StdEncoding.EncodeToString(sum[:]) != want {
			return nil, checksum{}, fail(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
		}
	}
	sent, err := r.sentChecksum()
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

// sentChecksum is the checksum in the headers.
func (r *request) sentChecksum() (checksum, error) {
	for _, name := range unknownAlgorithms {
		if r.Get("X-Amz-Checksum-"+name[:1]+strings.ToLower(name[1:])) != "" || strings.EqualFold(r.Get("X-Amz-Sdk-Checksum-Algorithm"), name) {
			return checksum{}, unsupported("the embedded sandbox does not compute the checksum %s", name)
		}
	}
	for _, a := range algorithms {
		v := r.Get(a.header())
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

// items are the elements of a header that is a list.
func items(header string) []string {
	var out []string
	for e := range strings.SplitSeq(header, ",") {
		if e = strings.TrimSpace(e); e != "" {
			out = append(out, e)
		}
	}
	return out
}
