package s3

import (
	"encoding/xml"
	"strings"

	"airloom/backend/kind"
)

// attributes answers GetObjectAttributes.
func (r *request) attributes() (answer, error) {
	type sumsAndType struct {
		sums
		ChecksumType string `xml:",omitempty"`
	}
	type objectParts struct {
		Total int          `xml:"PartsCount"`
		Parts []listedSize `xml:"Part"`
	}
	var out struct {
		XMLName      xml.Name     `xml:"http://s3.amazonaws.com/doc/2006-03-01/ GetObjectAttributesResponse"`
		ETag         string       `xml:",omitempty"`
		Checksum     *sumsAndType `xml:",omitempty"`
		ObjectParts  *objectParts `xml:",omitempty"`
		StorageClass string       `xml:",omitempty"`
		ObjectSize   *int64       `xml:",omitempty"`
	}
	var v version
	if err := r.allow("GetObjectAttributes", r.key, nil); err != nil {
		return answer{}, err
	}
	if err := r.reading(r.bucket, r.key, r.query.Get("versionId"), func(_ kind.Tx, found version) error { v = found; return nil }); err != nil {
		return answer{}, err
	}
	for _, name := range items(strings.Join(r.Header["X-Amz-Object-Attributes"], ",")) {
		switch name {
		case "ETag":
			out.ETag = v.ETag
		case "Checksum":
			out.Checksum = &sumsAndType{sumsOf(v.Checksum), v.Checksum.kind()}
		case "StorageClass":
			out.StorageClass = v.class()
		case "ObjectSize":
			out.ObjectSize = &v.Size
		case "ObjectParts":
			if !v.Multipart {
				continue
			}
			out.ObjectParts = &objectParts{Total: len(v.Parts)}
			for _, p := range v.Parts {
				if p.Checksum.Value != "" {
					out.ObjectParts.Parts = append(out.ObjectParts.Parts, listedSize{p.Number, p.Size, sumsOf(p.Checksum)})
				}
			}
		default:
			return answer{}, fail(400, "InvalidArgument", "Invalid attribute name specified.")
		}
	}
	return answer{header: map[string]string{"Last-Modified": httpTime(v.Modified), "X-Amz-Version-Id": r.versionID(v)}, document: out}, nil
}

type listedSize struct {
	PartNumber int
	Size       int64
	sums
}
