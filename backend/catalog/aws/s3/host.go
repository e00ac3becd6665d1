package s3

import (
	"context"

	"airloom/backend/kind"
)

// The names under which buckets are reached from within AWS. In the embedded sandbox only its own services use them, through
// World.Fetch: a distribution gets the files of its bucket so.
func isBucketHost(host string) bool {
	_, _, ok := cutHost(host)
	return ok
}

// serveHost answers at "<bucket>.s3.<region>.amazonaws.com". CloudFront's origin access control signs as its service, for the
// distribution that the headers name: the bucket's policy decides. Everybody else is anonymous.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
func serveHost(ctx context.Context, w kind.World, h kind.HTTPRequest) kind.HTTPResponse {
	r := &request{HTTPRequest: h, ctx: ctx, w: w}
	if arn := h.Get("X-Amz-Source-Arn"); arn != "" {
		r.who = kind.Principal{Service: "cloudfront.amazonaws.com"}
		r.source = map[string]string{"aws:SourceArn": arn, "aws:SourceAccount": w.Account()}
	}
	return respond(r)
}
