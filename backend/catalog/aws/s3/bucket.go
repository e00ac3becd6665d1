package s3

import (
	"airloom/backend/kind"
	"encoding/xml"
)

func (r *request) listBuckets() (answer, error) {
	if err := r.w.Allow(kind.Access{Principal: r.who, Action: "s3:ListAllMyBuckets", Resource: "*"}); err != nil {
		return answer{}, err
	}
	type bucket struct {
		Name         string
		CreationDate string
		BucketRegion string
	}
	out := struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
		Buckets struct {
			Bucket []bucket
		}
		Owner owner
	}{Owner: owner{canonicalUser(r.w.Account())}}
	all := r.w.Instances(bucketType)
	err := r.w.State(space).View(func(tx kind.Tx) error {
		for _, in := range all {
			out.Buckets.Bucket = append(out.Buckets.Bucket, bucket{in.PhysicalID, string(tx.Get(createdKey(in.PhysicalID))), r.w.Region()})
		}
		return nil
	})
	return answer{document: out}, err
}

func (r *request) headBucket() (answer, error) {
	return answer{header: map[string]string{"X-Amz-Bucket-Region": r.w.Region(), "Content-Type": "application/xml"}}, r.allow("ListBucket", "", nil)
}

func (r *request) bucketLocation() (answer, error) {
	where := r.w.Region()
	if where == "us-east-1" {
		where = "" // as S3 has it
	}
	return answer{document: struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		Where   string   `xml:",chardata"`
	}{Where: where}}, r.allow("GetBucketLocation", "", nil)
}

func (r *request) bucketVersioning() (answer, error) {
	return answer{document: struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ VersioningConfiguration"`
		Status  string   `xml:",omitempty"`
	}{Status: versioning(r.in)}}, r.allow("GetBucketVersioning", "", nil)
}
