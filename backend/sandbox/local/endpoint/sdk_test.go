package endpoint

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

func TestSDK(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	client := s3.NewFromConfig(f.config(f.creds))
	key := "a folder/ü+~&=?*'()!/é.txt"
	_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("my-bucket"), Key: aws.String(key), Body: strings.NewReader("hello"), Metadata: map[string]string{"Note": "a  b"}})
	if err != nil {
		t.Fatal(err)
	}
	r := f.last(t)
	if r.Path != "/my-bucket/"+key || string(r.Body) != "hello" || r.Principal.Role != "arn:aws:iam::000000000000:role/worker" {
		t.Fatalf("%s %q by %+v", r.Path, r.Body, r.Principal)
	}
	if r.Get("X-Amz-Checksum-Crc32") == "" {
		t.Fatal("the checksum is lost")
	}
	// Without a hash of the payload, as for streams.
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("my-bucket"), Key: aws.String("k"), Body: strings.NewReader("unsigned")},
		s3.WithAPIOptions(v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware), func(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired })
	if err != nil || string(f.last(t).Body) != "unsigned" {
		t.Fatalf("an unsigned payload: %v", err)
	}
	if got := f.last(t).Get("X-Amz-Content-Sha256"); got != unsignedPayload {
		t.Fatalf("the payload is signed as %s", got)
	}
	if _, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("my-bucket"), Prefix: aws.String("a b/+ü"), Delimiter: aws.String("/")}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.last(t).Query, "prefix=a%20b%2F%2B%C3%BC") {
		t.Fatal(f.last(t).Query)
	}
	if _, err := sts.NewFromConfig(f.config(f.creds)).GetCallerIdentity(ctx, nil); err != nil || f.last(t).Operation != "GetCallerIdentity" {
		t.Fatalf("the query protocol: %v", err)
	}
	out, err := cloudwatchlogs.NewFromConfig(f.config(f.creds)).DescribeLogGroups(ctx, nil)
	if err != nil || len(out.LogGroups) != 1 || f.last(t).Operation != "DescribeLogGroups" {
		t.Fatalf("the JSON protocol: %v", err)
	}
}

// Errors come in the shape that each SDK reads: they have a code.
func TestErrorShapes(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	wrong := f.creds
	wrong.Secret = strings.Repeat("x", 40)
	for name, want := range map[string]struct {
		call func(aws.Config) error
		code string
	}{
		"s3": {func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
			return err
		}, "SignatureDoesNotMatch"},
		"sts": {func(c aws.Config) error { _, err := sts.NewFromConfig(c).GetCallerIdentity(ctx, nil); return err }, "SignatureDoesNotMatch"},
		"logs": {func(c aws.Config) error {
			_, err := cloudwatchlogs.NewFromConfig(c).DescribeLogGroups(ctx, nil)
			return err
		}, "SignatureDoesNotMatch"},
	} {
		var api smithy.APIError
		if err := want.call(f.config(wrong)); !errors.As(err, &api) || api.ErrorCode() != want.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f.reached() != 0 {
		t.Fatal("a request with a wrong signature reached a service")
	}
	other := f.config(f.creds)
	other.Region = "eu-west-1"
	var api smithy.APIError
	if _, err := sts.NewFromConfig(other).GetCallerIdentity(ctx, nil); !errors.As(err, &api) || !strings.Contains(api.ErrorMessage(), "the embedded sandbox is us-east-1") {
		t.Errorf("another region: %v", err)
	}
}

// boto3 signs in its own way; where it is installed, it has to pass too.
func TestBoto3(t *testing.T) {
	if testing.Short() || exec.Command("python3", "-c", "import boto3").Run() != nil {
		t.Skip("boto3 is not installed")
	}
	f := newFixture(t)
	const script = `
import boto3, io
s3 = boto3.client("s3")
s3.put_object(Bucket="b", Key="a b/ü+.txt", Body=b"bytes", Metadata={"note": "x"})
logs = boto3.client("logs")
for i in range(3): logs.describe_log_groups() # equal calls within one second
s3.put_object(Bucket="b", Key="stream", Body=io.BytesIO(b"stream"), ChecksumAlgorithm="SHA256")
logs.describe_log_groups(logGroupNamePrefix="/a b")
print(boto3.client("sts").get_caller_identity()["Account"])
`
	cmd := exec.Command("python3", "-c", script)
	cmd.Env = []string{"PATH=/usr/bin:/bin:/usr/local/bin", "AWS_ENDPOINT_URL=" + f.url(), "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=" + f.creds.AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + f.creds.Secret, "AWS_SESSION_TOKEN=" + f.creds.Token, "AWS_EC2_METADATA_DISABLED=true"}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "000000000000" {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := f.seen[0]; got.Path != "/b/a b/ü+.txt" || string(got.Body) != "bytes" {
		t.Fatalf("%s %q", got.Path, got.Body)
	}
	if got := f.seen[4]; string(got.Body) != "stream" || got.Get("X-Amz-Checksum-Sha256") == "" {
		t.Fatalf("%q %v", got.Body, got.Header)
	}
}
