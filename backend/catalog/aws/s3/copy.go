package s3

import (
	"cmp"
	"encoding/xml"
	"net/url"
	"strings"

	"airloom/backend/kind"
)

// copySource is the object that a copy reads.
func (r *request) copySource() (bucket, key, id string, err error) {
	from, query, _ := strings.Cut(r.Get("X-Amz-Copy-Source"), "?")
	from, e1 := url.PathUnescape(from)
	q, e2 := url.ParseQuery(query)
	bucket, key, ok := strings.Cut(strings.TrimPrefix(from, "/"), "/")
	if e1 != nil || e2 != nil || !ok || key == "" {
		return "", "", "", fail(400, "InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	return bucket, key, q.Get("versionId"), nil
}

func (r *request) copyObject() (answer, error) {
	bucket, key, id, err := r.copySource()
	if err != nil {
		return answer{}, err
	}
	fresh, err := r.describe()
	if err != nil {
		return answer{}, err
	}
	replaceMeta, replaceTags := r.Get("X-Amz-Metadata-Directive") == "REPLACE", r.Get("X-Amz-Tagging-Directive") == "REPLACE"
	if bucket == r.bucket && key == r.key && id == "" && !replaceMeta && fresh.Class == "" {
		return answer{}, fail(400, "InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	var from version
	var body []byte
	if err := r.reading(bucket, key, id, func(tx kind.Tx, v version) error {
		from = v
		if err := r.mayCopy(v); err != nil {
			return err
		}
		var err error
		body, err = v.data(tx)
		return err
	}); err != nil {
		return answer{}, err
	}
	v := fresh
	if !replaceMeta {
		v.Header, v.Meta = from.Header, from.Meta
	}
	if !replaceTags {
		v.Tags = from.Tags
	}
	if err := r.allowWrite(v.Tags); err != nil {
		return answer{}, err
	}
	use := standard
	if name := cmp.Or(r.Get("X-Amz-Checksum-Algorithm"), from.Checksum.Algorithm); name != "" {
		var ok bool
		if use, ok = algorithmOf(name); !ok {
			return answer{}, unsupported("the embedded sandbox does not compute the checksum %s", name)
		}
	}
	v.Checksum = checksum{Algorithm: use.name, Value: use.sum(body)}
	if err := r.store(&v, body); err != nil {
		return answer{}, err
	}
	r.tell("ObjectCreated:Copy", v)
	h := map[string]string{"X-Amz-Server-Side-Encryption": "AES256", "X-Amz-Version-Id": r.versionID(v)}
	if id != "" {
		h["X-Amz-Copy-Source-Version-Id"] = id
	}
	return answer{header: h, document: copied{XMLName: xml.Name{Space: namespace, Local: "CopyObjectResult"}, ETag: quote(v.ETag), LastModified: isoTime(v.Modified),
		sums: sumsOf(v.Checksum), ChecksumType: v.Checksum.kind()}}, nil
}

type copied struct {
	XMLName      xml.Name
	LastModified string
	ETag         string
	sums
	ChecksumType string `xml:",omitempty"`
}

// sums are checksums as XML has them.
type sums struct {
	CRC32     string `xml:"ChecksumCRC32,omitempty"`
	CRC32C    string `xml:"ChecksumCRC32C,omitempty"`
	CRC64NVME string `xml:"ChecksumCRC64NVME,omitempty"`
	SHA1      string `xml:"ChecksumSHA1,omitempty"`
	SHA256    string `xml:"ChecksumSHA256,omitempty"`
	SHA512    string `xml:"ChecksumSHA512,omitempty"`
	MD5       string `xml:"ChecksumMD5,omitempty"`
}

func (s *sums) field(algorithm string) *string {
	return map[string]*string{"CRC32": &s.CRC32, "CRC32C": &s.CRC32C, "CRC64NVME": &s.CRC64NVME, "SHA1": &s.SHA1, "SHA256": &s.SHA256, "SHA512": &s.SHA512, "MD5": &s.MD5}[algorithm]
}

func sumsOf(c checksum) sums {
	var s sums
	if f := s.field(c.Algorithm); f != nil {
		*f = c.Value
	}
	return s
}
