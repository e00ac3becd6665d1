package s3

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strings"

	"airloom/backend/kind"
)

type tag struct{ Key, Value string }

// parseTags reads the tags of a header: "a=1&b=2".
func parseTags(header string) ([]tag, error) {
	values, err := url.ParseQuery(header)
	if err != nil {
		return nil, fail(400, "InvalidArgument", "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.")
	}
	var tags []tag
	for name, list := range values {
		for _, v := range list {
			tags = append(tags, tag{name, v})
		}
	}
	return tags, checkTags(tags)
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
func checkTags(tags []tag) error {
	slices.SortFunc(tags, func(a, b tag) int { return strings.Compare(a.Key, b.Key) })
	if len(tags) > 10 {
		return fail(400, "BadRequest", "Object tags cannot be greater than 10")
	}
	for i, t := range tags {
		switch {
		case t.Key == "" || len([]rune(t.Key)) > 128:
			return fail(400, "InvalidTag", "The TagKey you have provided is invalid")
		case len([]rune(t.Value)) > 256:
			return fail(400, "InvalidTag", "The TagValue you have provided is invalid")
		case i > 0 && tags[i-1].Key == t.Key:
			return fail(400, "InvalidTag", "Cannot provide multiple Tags with the same key")
		}
	}
	return nil
}

type tagSet struct {
	Tags []tag `xml:"Tag"`
}

// allowTags checks an action on tags, which has a name of its own for a version that is named.
func (r *request) allowTags(action string) error {
	if r.query.Get("versionId") != "" {
		action = strings.Replace(action, "Object", "ObjectVersion", 1)
	}
	return r.allow(action, r.key, nil)
}

func (r *request) getTags() (answer, error) {
	var out struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ Tagging"`
		TagSet  tagSet
	}
	if err := r.allowTags("GetObjectTagging"); err != nil {
		return answer{}, err
	}
	var v version
	err := r.w.State(space).View(func(tx kind.Tx) error {
		var err error
		v, err = readable(tx, r.bucket, r.key, r.query.Get("versionId"))
		return err
	})
	out.TagSet.Tags = v.Tags
	return answer{document: out, header: map[string]string{"X-Amz-Version-Id": r.versionID(v)}}, err
}

func (r *request) putTags() (answer, error) {
	var in struct{ TagSet tagSet }
	if err := r.read(&in); err != nil {
		return answer{}, err
	}
	if err := checkTags(in.TagSet.Tags); err != nil {
		return answer{}, err
	}
	v, err := r.setTags("PutObjectTagging", in.TagSet.Tags)
	if err != nil {
		return answer{}, err
	}
	r.tell("ObjectTagging:Put", v)
	return answer{header: map[string]string{"X-Amz-Version-Id": r.versionID(v)}}, nil
}

func (r *request) deleteTags() (answer, error) {
	v, err := r.setTags("DeleteObjectTagging", nil)
	if err != nil {
		return answer{}, err
	}
	r.tell("ObjectTagging:Delete", v)
	return answer{status: 204, header: map[string]string{"X-Amz-Version-Id": r.versionID(v)}}, nil
}

func (r *request) setTags(action string, tags []tag) (version, error) {
	var v version
	if err := r.allowTags(action); err != nil {
		return v, err
	}
	err := r.w.State(space).Update(func(tx kind.Tx) error {
		var err error
		if v, err = readable(tx, r.bucket, r.key, r.query.Get("versionId")); err != nil {
			return err
		}
		v.Tags = tags
		if err = keep(tx, r.bucket, v); err != nil {
			return err
		}
		v.Sequence, err = next(tx, r.bucket) // for the notification
		return err
	})
	return v, err
}
