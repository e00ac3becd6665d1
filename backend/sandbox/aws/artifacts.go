package aws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// bucket names the artifact bucket: one per sandbox, so that taking it down leaves nothing. Names are shared by all accounts
// of the world, so it is made of what is ours alone.
func (s *Sandbox) bucket(id sandbox.Identity) string {
	sum := sha256.Sum256([]byte(id.Account + "\x00" + id.Region + "\x00" + s.deps.Project + "\x00" + s.deps.Name))
	return "airloom-" + hex.EncodeToString(sum[:10])
}

func (s *Sandbox) objectURL(id sandbox.Identity, key string) string {
	if e := s.deps.Config["endpoint"]; e != "" {
		return e + "/" + s.bucket(id) + "/" + key
	}
	suffix := "amazonaws.com"
	if placeOf(id).Partition == "aws-cn" {
		suffix += ".cn"
	}
	return fmt.Sprintf("https://%s.s3.%s.%s/%s", s.bucket(id), id.Region, suffix, key)
}

// ensureBucket makes the artifact bucket where it is missing: private, encrypted by default, tagged, old versions of nothing.
func (s *Sandbox) ensureBucket(ctx context.Context, id sandbox.Identity) error {
	name := sdk.String(s.bucket(id))
	missing := false
	err := s.again(ctx, "looking for the artifact bucket", func() error {
		_, err := s.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: name, ExpectedBucketOwner: sdk.String(id.Account)})
		if status := statusOf(err); status == 404 || codeOf(err) == "NotFound" || codeOf(err) == "NoSuchBucket" {
			missing = true
			return nil
		}
		return err
	})
	if err != nil || !missing {
		return err
	}
	in := &s3.CreateBucketInput{Bucket: name}
	if id.Region != "us-east-1" { // the one region that must not be named
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(id.Region)}
	}
	err = s.again(ctx, "making the artifact bucket", func() error {
		_, err := s.s3.CreateBucket(ctx, in)
		if codeOf(err) == "BucketAlreadyOwnedByYou" {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	err = s.again(ctx, "closing the artifact bucket to the public", func() error {
		_, err := s.s3.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: name, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: sdk.Bool(true), BlockPublicPolicy: sdk.Bool(true), IgnorePublicAcls: sdk.Bool(true), RestrictPublicBuckets: sdk.Bool(true)}})
		return err
	})
	if err != nil {
		return err
	}
	return s.again(ctx, "tagging the artifact bucket", func() error {
		_, err := s.s3.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: name, Tagging: &types.Tagging{TagSet: []types.Tag{
			{Key: sdk.String(projectTag), Value: sdk.String(s.deps.Project)}, {Key: sdk.String(sandboxTag), Value: sdk.String(s.deps.Name)}}}})
		return err
	})
}

// uploadArtifacts uploads the zips that are not there yet. Their keys are hashes of their content.
func (s *Sandbox) uploadArtifacts(ctx context.Context, p sandbox.Plan, sink event.Sink) error {
	if len(p.Content.Artifacts) == 0 {
		return nil
	}
	if err := s.ensureBucket(ctx, p.Sandbox); err != nil {
		return err
	}
	for i, a := range p.Content.Artifacts {
		there := true
		err := s.again(ctx, "looking for an artifact", func() error {
			_, err := s.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: sdk.String(s.bucket(p.Sandbox)), Key: sdk.String(a.Key), ExpectedBucketOwner: sdk.String(p.Sandbox.Account)})
			if statusOf(err) == 404 {
				there = false
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
		if !there {
			text, err := os.ReadFile(a.Path)
			if err != nil {
				return fault.Wrap(err, fault.Unavailable, "reading a packed function").At(string(a.Node))
			}
			if err := s.upload(ctx, p.Sandbox, a.Key, "application/zip", text); err != nil {
				return err
			}
		}
		sink(event.Event{Type: event.Tick, Node: string(a.Node), Text: fmt.Sprintf("uploaded %d of %d", i+1, len(p.Content.Artifacts)),
			Data: event.Data{Progress: float64(i+1) / float64(len(p.Content.Artifacts))}})
	}
	return nil
}

func (s *Sandbox) upload(ctx context.Context, id sandbox.Identity, key, contentType string, text []byte) error {
	return s.put(ctx, id, s.bucket(id), key, contentType, text)
}

// put writes an object into a bucket of this account, never into a namesake of somebody else's.
func (s *Sandbox) put(ctx context.Context, id sandbox.Identity, bucket, key, contentType string, text []byte) error {
	return s.again(ctx, "uploading "+key, func() error {
		_, err := s.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: sdk.String(bucket), Key: sdk.String(key), Body: bytes.NewReader(text),
			ContentType: sdk.String(contentType), ExpectedBucketOwner: sdk.String(id.Account)})
		return err
	})
}

// emptyBucket deletes all versions of all objects of a bucket of this account. A bucket that is gone is empty.
func (s *Sandbox) emptyBucket(ctx context.Context, id sandbox.Identity, bucket string) error {
	for {
		var page *s3.ListObjectVersionsOutput
		gone := false
		err := s.again(ctx, "listing the bucket "+bucket, func() (err error) {
			page, err = s.s3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: sdk.String(bucket), ExpectedBucketOwner: sdk.String(id.Account)})
			if codeOf(err) == "NoSuchBucket" {
				gone, err = true, nil
			}
			return err
		})
		if err != nil || gone {
			return err
		}
		var objects []types.ObjectIdentifier
		for _, v := range page.Versions {
			objects = append(objects, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range page.DeleteMarkers {
			objects = append(objects, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		if len(objects) == 0 {
			return nil
		}
		for chunk := range slices.Chunk(objects, 1000) {
			var out *s3.DeleteObjectsOutput
			err := s.again(ctx, "emptying the bucket "+bucket, func() (err error) {
				out, err = s.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: sdk.String(bucket), ExpectedBucketOwner: sdk.String(id.Account),
					Delete: &types.Delete{Objects: chunk, Quiet: sdk.Bool(true)}})
				return err
			})
			if err != nil {
				return err
			}
			if len(out.Errors) > 0 {
				return fault.New(fault.Denied, "emptying the bucket %s: %s: %s", bucket, sdk.ToString(out.Errors[0].Key), sdk.ToString(out.Errors[0].Message)).At(s.deps.Name)
			}
		}
	}
}

// dropBucket empties and deletes the artifact bucket.
func (s *Sandbox) dropBucket(ctx context.Context, id sandbox.Identity) error {
	name := s.bucket(id)
	if err := s.emptyBucket(ctx, id, name); err != nil {
		return err
	}
	return s.again(ctx, "deleting the artifact bucket", func() error {
		_, err := s.s3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: sdk.String(name), ExpectedBucketOwner: sdk.String(id.Account)})
		if codeOf(err) == "NoSuchBucket" || statusOf(err) == 404 {
			return nil
		}
		return err
	})
}
