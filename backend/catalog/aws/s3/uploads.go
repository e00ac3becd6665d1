package s3

import (
	"encoding/xml"
	"strconv"
	"strings"

	"airloom/backend/kind"
)

type listedPart struct {
	PartNumber   int
	LastModified string
	ETag         string
	Size         int64
	sums
}

func (r *request) listParts() (answer, error) {
	if err := r.allow("ListMultipartUploadParts", r.key, nil); err != nil {
		return answer{}, err
	}
	most, err := strconv.Atoi(r.query.Get("max-parts"))
	if err != nil || most > 1000 || most < 0 {
		most = 1000
	}
	after, _ := strconv.Atoi(r.query.Get("part-number-marker"))
	var u upload
	var parts []part
	if err := r.w.State(space).View(func(tx kind.Tx) error {
		var err error
		if u, err = r.upload(tx); err != nil {
			return err
		}
		parts, err = partsOf(tx, u.ID)
		return err
	}); err != nil {
		return answer{}, err
	}
	out := struct {
		XMLName              xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListPartsResult"`
		Bucket               string
		Key                  string
		UploadID             string `xml:"UploadId"`
		Initiator            owner
		Owner                owner
		StorageClass         string
		PartNumberMarker     int
		NextPartNumberMarker int `xml:",omitempty"`
		MaxParts             int
		IsTruncated          bool
		ChecksumAlgorithm    string       `xml:",omitempty"`
		ChecksumType         string       `xml:",omitempty"`
		Parts                []listedPart `xml:"Part"`
	}{Bucket: r.bucket, Key: r.key, UploadID: u.ID, Initiator: owner{canonicalUser(r.w.Account())}, Owner: owner{canonicalUser(r.w.Account())},
		StorageClass: u.Object.class(), PartNumberMarker: after, MaxParts: most, ChecksumAlgorithm: u.Algorithm}
	if u.Algorithm != "" {
		out.ChecksumType = checksum{Composite: u.Composite}.kind()
	}
	for _, p := range parts {
		if p.Number <= after {
			continue
		}
		if out.IsTruncated = len(out.Parts) == most; out.IsTruncated {
			break
		}
		out.Parts = append(out.Parts, listedPart{p.Number, isoTime(p.Modified), quote(p.ETag), p.Size, sumsOf(p.Checksum)})
		out.NextPartNumberMarker = p.Number
	}
	return answer{document: out}, nil
}

type listedUpload struct {
	Key               string
	UploadID          string `xml:"UploadId"`
	Initiator         owner
	Owner             owner
	StorageClass      string
	Initiated         string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

// listUploads gives them in the order of their keys and, for one key, of their ids.
func (r *request) listUploads() (answer, error) {
	p, err := r.page("ListBucketMultipartUploads", "max-uploads")
	if err != nil {
		return answer{}, err
	}
	if p.delimiter != "" {
		return answer{}, unsupported("the embedded sandbox does not fold lists of uploads by a delimiter")
	}
	after, afterID := r.query.Get("key-marker"), r.query.Get("upload-id-marker")
	var uploads []upload
	if err := r.w.State(space).View(func(tx kind.Tx) error {
		uploads, err = uploadsOf(tx, r.bucket)
		return err
	}); err != nil {
		return answer{}, err
	}
	me := owner{canonicalUser(r.w.Account())}
	out := struct {
		XMLName            xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListMultipartUploadsResult"`
		Bucket             string
		KeyMarker          string
		UploadIDMarker     string `xml:"UploadIdMarker"`
		NextKeyMarker      string `xml:",omitempty"`
		NextUploadIDMarker string `xml:"NextUploadIdMarker,omitempty"`
		Prefix             string
		EncodingType       string `xml:",omitempty"`
		MaxUploads         int
		IsTruncated        bool
		Uploads            []listedUpload `xml:"Upload"`
	}{Bucket: r.bucket, KeyMarker: p.encode(after), UploadIDMarker: afterID, Prefix: p.encode(p.prefix), EncodingType: p.encoding, MaxUploads: p.most}
	for _, u := range uploads {
		if !strings.HasPrefix(u.key, p.prefix) || after != "" && (u.key < after || u.key == after && (afterID == "" || u.ID <= afterID)) {
			continue
		}
		if out.IsTruncated = len(out.Uploads) == p.most; out.IsTruncated {
			break
		}
		e := listedUpload{Key: p.encode(u.key), UploadID: u.ID, Initiator: me, Owner: me, StorageClass: u.Object.class(), Initiated: isoTime(u.Started), ChecksumAlgorithm: u.Algorithm}
		if u.Algorithm != "" {
			e.ChecksumType = checksum{Composite: u.Composite}.kind()
		}
		out.Uploads = append(out.Uploads, e)
		out.NextKeyMarker, out.NextUploadIDMarker = e.Key, e.UploadID
	}
	if !out.IsTruncated {
		out.NextKeyMarker, out.NextUploadIDMarker = "", ""
	}
	return answer{document: out}, nil
}
