package s3

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"airloom/backend/kind"
)

// upload is an upload in parts that is not complete.
type upload struct {
	ID        string
	Started   int64
	Object    version
	Algorithm string `json:",omitempty"`
	Composite bool   `json:",omitempty"`

	key string
}

// Limits of uploads in parts.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const (
	leastPart = 5 << 20 // but for the last
	mostParts = 10000
)

func uploadKey(bucket, key, id string) []byte { return []byte("u/" + bucket + "/" + key + "\x00" + id) }
func partKey(id string, number int) []byte    { return fmt.Appendf(nil, "p/%s/%05d", id, number) }

func (r *request) createUpload() (answer, error) {
	v, err := r.describe()
	if err != nil {
		return answer{}, err
	}
	if err := r.allowWrite(v.Tags); err != nil {
		return answer{}, err
	}
	u := upload{ID: strings.ReplaceAll(r.w.NewID(), "-", ""), Started: r.w.Now().UnixMilli(), Object: v}
	h := map[string]string{"X-Amz-Server-Side-Encryption": "AES256"}
	if name := r.Get("X-Amz-Checksum-Algorithm"); name != "" {
		a, ok := algorithmOf(name)
		if !ok {
			return answer{}, unsupported("the embedded sandbox does not compute the checksum %s", name)
		}
		u.Algorithm, u.Composite = a.name, a.composite
		switch strings.ToUpper(r.Get("X-Amz-Checksum-Type")) {
		case "FULL_OBJECT":
			u.Composite = false
		case "COMPOSITE":
			u.Composite = true
		}
		if u.Composite && !a.composite || !u.Composite && !a.whole {
			return answer{}, fail(400, "InvalidRequest", "The %s checksum type cannot be used with the %s checksum algorithm.", checksum{Composite: u.Composite}.kind(), strings.ToLower(a.name))
		}
		h["X-Amz-Checksum-Algorithm"], h["X-Amz-Checksum-Type"] = a.name, checksum{Composite: u.Composite}.kind()
	}
	if err := r.w.State(space).Update(func(tx kind.Tx) error { return kind.Save(tx, uploadKey(r.bucket, r.key, u.ID), u) }); err != nil {
		return answer{}, err
	}
	return answer{header: h, document: struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
		Bucket   string
		Key      string
		UploadID string `xml:"UploadId"`
	}{Bucket: r.bucket, Key: r.key, UploadID: u.ID}}, nil
}

func (r *request) upload(tx kind.Tx) (upload, error) {
	var u upload
	found, err := kind.Load(tx, uploadKey(r.bucket, r.key, r.query.Get("uploadId")), &u)
	if err == nil && !found {
		return u, fail(404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
	}
	u.key, u.Object.key = r.key, r.key
	return u, err
}

func (r *request) partNumber() (int, error) {
	n, err := strconv.Atoi(r.query.Get("partNumber"))
	if err != nil || n < 1 || n > mostParts {
		return 0, fail(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
	}
	return n, nil
}

func (r *request) uploadPart() (answer, error) {
	if err := r.allow("PutObject", r.key, nil); err != nil {
		return answer{}, err
	}
	body, sum, err := r.payload()
	if err != nil {
		return answer{}, err
	}
	p, err := r.storePart(body, sum)
	if err != nil {
		return answer{}, err
	}
	h := p.Checksum.headers()
	if h == nil {
		h = map[string]string{}
	}
	delete(h, "X-Amz-Checksum-Type")
	h["Etag"], h["X-Amz-Server-Side-Encryption"] = quote(p.ETag), "AES256"
	return answer{header: h}, nil
}

// storePart writes a part in the place of an older one with its number.
func (r *request) storePart(body []byte, sum checksum) (part, error) {
	number, err := r.partNumber()
	if err != nil {
		return part{}, err
	}
	var p part
	err = r.w.State(space).Update(func(tx kind.Tx) error {
		u, err := r.upload(tx)
		if err != nil {
			return err
		}
		if u.Algorithm != "" && sum.Algorithm != "" && u.Algorithm != sum.Algorithm {
			return fail(400, "InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s", strings.ToLower(u.Algorithm), strings.ToLower(sum.Algorithm))
		}
		if a, ok := algorithmOf(u.Algorithm); ok && sum.Algorithm == "" {
			sum = checksum{Algorithm: a.name, Value: a.sum(body)}
		}
		if old, ok, err := readPart(tx, u.ID, number); err != nil {
			return err
		} else if ok {
			if err := erase(tx, []part{old}); err != nil {
				return err
			}
		}
		if p, err = write(r.w, tx, body); err != nil {
			return err
		}
		p.Number, p.Checksum = number, sum
		return kind.Save(tx, partKey(u.ID, number), p)
	})
	return p, err
}

func readPart(tx kind.Tx, upload string, number int) (p part, ok bool, err error) {
	ok, err = kind.Load(tx, partKey(upload, number), &p)
	return p, ok, err
}

func (r *request) uploadPartCopy() (answer, error) {
	bucket, key, id, err := r.copySource()
	if err != nil {
		return answer{}, err
	}
	if err := r.allow("PutObject", r.key, nil); err != nil {
		return answer{}, err
	}
	var body []byte
	if err := r.reading(bucket, key, id, func(tx kind.Tx, v version) error {
		if err := r.mayCopy(v); err != nil {
			return err
		}
		at, length, _, err := window(r.Get("X-Amz-Copy-Source-Range"), v.Size)
		if err != nil {
			return err
		}
		body, err = load(tx, v.Parts, at, length)
		return err
	}); err != nil {
		return answer{}, err
	}
	p, err := r.storePart(body, checksum{})
	return answer{document: copied{XMLName: xml.Name{Space: namespace, Local: "CopyPartResult"}, LastModified: isoTime(p.Modified), ETag: quote(p.ETag), sums: sumsOf(p.Checksum)}}, err
}

type completedPart struct {
	PartNumber int
	ETag       string
	sums
}

func (r *request) completeUpload() (answer, error) {
	if err := r.allowWrite(nil); err != nil {
		return answer{}, err
	}
	var in struct {
		Parts []completedPart `xml:"Part"`
	}
	// The checksum in the headers is the object's here, not the body's.
	if err := xml.Unmarshal(r.Body, &in); err != nil || len(in.Parts) == 0 {
		return answer{}, fail(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	want := compositeHeader(r)
	if want.Value == "" {
		var err error
		if want, err = r.sentChecksum(); err != nil {
			return answer{}, err
		}
	}
	var v version
	err := r.w.State(space).Update(func(tx kind.Tx) error {
		u, err := r.upload(tx)
		if err != nil {
			return err
		}
		if err := r.mayWrite(tx); err != nil {
			return err
		}
		v = u.Object
		if v.Parts, err = assemble(tx, u, in.Parts); err != nil {
			return err
		}
		if err := v.seal(tx, u); err != nil {
			return err
		}
		if size := r.Get("X-Amz-Mp-Object-Size"); size != "" && size != strconv.FormatInt(v.Size, 10) {
			return fail(400, "InvalidRequest", "The provided 'x-amz-mp-object-size' header value %s does not match what was computed: %d", size, v.Size)
		}
		if want.Value != "" && want.Algorithm == v.Checksum.Algorithm && want.Value != v.Checksum.Value {
			return fail(400, "BadDigest", "The %s you specified did not match the calculated checksum.", want.Algorithm)
		}
		if err := forget(tx, r.bucket, u, v.Parts); err != nil {
			return err
		}
		return put(r.w, tx, r.in, &v)
	})
	if err != nil {
		return answer{}, err
	}
	r.tell("ObjectCreated:CompleteMultipartUpload", v)
	return answer{header: map[string]string{"X-Amz-Server-Side-Encryption": "AES256", "X-Amz-Version-Id": r.versionID(v)}, document: struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
		Location string
		Bucket   string
		Key      string
		ETag     string
		sums
		ChecksumType string `xml:",omitempty"`
	}{Location: r.w.Endpoint() + "/" + r.bucket + "/" + escape(r.key), Bucket: r.bucket, Key: r.key, ETag: quote(v.ETag), sums: sumsOf(v.Checksum), ChecksumType: v.Checksum.kind()}}, nil
}

// compositeHeader is a checksum over parts in the headers: "<base64>-<number of parts>".
func compositeHeader(r *request) checksum {
	for _, a := range algorithms {
		if v := r.Get(a.header()); strings.Contains(v, "-") {
			return checksum{Algorithm: a.name, Value: v, Composite: true}
		}
	}
	return checksum{}
}

// assemble takes the parts that a completion names, in its order.
func assemble(tx kind.Tx, u upload, named []completedPart) ([]part, error) {
	for i := 1; i < len(named); i++ {
		if named[i].PartNumber <= named[i-1].PartNumber {
			return nil, fail(400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.")
		}
	}
	var parts []part
	for i, n := range named {
		p, ok, err := readPart(tx, u.ID, n.PartNumber)
		if err != nil {
			return nil, err
		}
		given := n.field(p.Checksum.Algorithm)
		if !ok || unquote(n.ETag) != p.ETag || given != nil && *given != "" && *given != p.Checksum.Value {
			return nil, fail(400, "InvalidPart", "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
		}
		if i < len(named)-1 && p.Size < leastPart {
			return nil, fail(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// seal computes size, entity tag and checksum of an object made of parts.
func (v *version) seal(tx kind.Tx, u upload) error {
	v.Multipart = true
	tags := md5.New()
	var sums []string
	for _, p := range v.Parts {
		raw, err := hex.DecodeString(p.ETag)
		if err != nil {
			return fmt.Errorf("read a part: %w", err)
		}
		tags.Write(raw)
		v.Size += p.Size
		sums = append(sums, p.Checksum.Value)
	}
	v.ETag = fmt.Sprintf("%x-%d", tags.Sum(nil), len(v.Parts))
	a, ok := algorithmOf(u.Algorithm)
	if !ok {
		a, u.Composite = standard, false
	}
	v.Checksum = checksum{Algorithm: a.name, Composite: u.Composite}
	if u.Composite {
		v.Checksum.Value = a.compose(sums)
		return nil
	}
	data, err := v.data(tx)
	v.Checksum.Value = a.sum(data)
	return err
}

// forget removes an upload, and the data of those of its parts that are not used.
func forget(tx kind.Tx, bucket string, u upload, used []part) error {
	stays := map[string]bool{}
	for _, p := range used {
		stays[p.Body] = true
	}
	parts, err := partsOf(tx, u.ID)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if stays[p.Body] {
			continue
		}
		if err := erase(tx, []part{p}); err != nil {
			return err
		}
	}
	if err := tx.DeletePrefix([]byte("p/" + u.ID + "/")); err != nil {
		return err
	}
	return tx.Delete(uploadKey(bucket, u.key, u.ID))
}

func partsOf(tx kind.Tx, id string) ([]part, error) {
	var out []part
	var failed error
	tx.Scan([]byte("p/"+id+"/"), nil, func(_, raw []byte) bool {
		var p part
		failed = json.Unmarshal(raw, &p)
		out = append(out, p)
		return failed == nil
	})
	return out, failed
}

// uploadsOf are a bucket's incomplete uploads.
func uploadsOf(tx kind.Tx, bucket string) ([]upload, error) {
	var out []upload
	var failed error
	prefix := "u/" + bucket + "/"
	tx.Scan([]byte(prefix), nil, func(k, raw []byte) bool {
		var u upload
		failed = json.Unmarshal(raw, &u)
		u.key, _, _ = strings.Cut(string(k[len(prefix):]), "\x00")
		out = append(out, u)
		return failed == nil
	})
	return out, failed
}

func (r *request) abortUpload() (answer, error) {
	if err := r.allow("AbortMultipartUpload", r.key, nil); err != nil {
		return answer{}, err
	}
	return answer{status: 204}, r.w.State(space).Update(func(tx kind.Tx) error {
		u, err := r.upload(tx)
		if err != nil {
			return err
		}
		return forget(tx, r.bucket, u, nil)
	})
}
