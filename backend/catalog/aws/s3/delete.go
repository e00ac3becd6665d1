package s3

import (
	"encoding/xml"

	"airloom/backend/kind"
)

func (r *request) deleteObject() (answer, error) {
	id := r.query.Get("versionId")
	if err := r.allow(deletion(id), r.key, nil); err != nil {
		return answer{}, err
	}
	var done removal
	err := r.w.State(space).Update(func(tx kind.Tx) error {
		if want := r.Get("If-Match"); want != "" {
			v, ok, err := newest(tx, r.bucket, r.key)
			if err != nil {
				return err
			}
			if !ok || want != "*" && unquote(want) != v.ETag {
				return failedCondition()
			}
		}
		var err error
		done, err = remove(r.w, tx, r.in, r.key, id)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	r.tellRemoved(done)
	a := answer{status: 204, header: map[string]string{}}
	if versioning(r.in) != "" {
		a.header["X-Amz-Version-Id"] = done.version.ID
		if done.version.Marker {
			a.header["X-Amz-Delete-Marker"] = "true"
		}
	}
	return a, nil
}

func deletion(id string) string {
	if id != "" {
		return "DeleteObjectVersion"
	}
	return "DeleteObject"
}

type deletedObject struct {
	Key             string
	VersionID       string `xml:"VersionId,omitempty"`
	DeleteMarker    bool   `xml:",omitempty"`
	MarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
}

type failedDeletion struct {
	Key       string
	VersionID string `xml:"VersionId,omitempty"`
	Code      string
	Message   string
}

func (r *request) deleteObjects() (answer, error) {
	var in struct {
		Quiet   bool
		Objects []struct {
			Key       string
			VersionID string `xml:"VersionId"`
			ETag      string
		} `xml:"Object"`
	}
	if err := r.read(&in); err != nil {
		return answer{}, err
	}
	if len(in.Objects) == 0 || len(in.Objects) > 1000 {
		return answer{}, fail(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	var out struct {
		XMLName xml.Name         `xml:"http://s3.amazonaws.com/doc/2006-03-01/ DeleteResult"`
		Deleted []deletedObject  `xml:"Deleted"`
		Error   []failedDeletion `xml:"Error"`
	}
	for _, o := range in.Objects {
		var done removal
		err := r.allow(deletion(o.VersionID), o.Key, nil)
		if err == nil {
			err = r.w.State(space).Update(func(tx kind.Tx) error {
				v, ok, err := newest(tx, r.bucket, o.Key)
				if err != nil {
					return err
				}
				if o.ETag != "" && (!ok || unquote(o.ETag) != v.ETag) {
					return failedCondition()
				}
				done, err = remove(r.w, tx, r.in, o.Key, o.VersionID)
				return err
			})
		}
		if err != nil {
			e := asAPI(err)
			out.Error = append(out.Error, failedDeletion{o.Key, o.VersionID, e.code, e.message})
			continue
		}
		r.tellRemoved(done)
		if in.Quiet {
			continue
		}
		d := deletedObject{Key: o.Key, VersionID: o.VersionID, DeleteMarker: done.version.Marker}
		if done.version.Marker {
			d.MarkerVersionID = done.version.ID
		}
		out.Deleted = append(out.Deleted, d)
	}
	return answer{document: out}, nil
}
