package spa

import (
	"context"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

const (
	distributionType = "AWS::CloudFront::Distribution"
	accessType       = "AWS::CloudFront::OriginAccessControl"
	headersType      = "AWS::CloudFront::ResponseHeadersPolicy"
)

// Simulate brings distributions with what they refer to. The buckets are S3's.
func (Kind) Simulate() kind.Simulation {
	const c, o, b = "DistributionConfig.", "DistributionConfig.Origins.", "DistributionConfig.DefaultCacheBehavior."
	return kind.Simulation{Types: []kind.ResourceType{{
		Type: distributionType,
		Properties: []string{c + "Enabled", c + "DefaultRootObject", c + "CustomErrorResponses",
			o + "Id", o + "DomainName", o + "OriginPath", o + "OriginAccessControlId", o + "S3OriginConfig",
			b + "TargetOriginId", b + "ResponseHeadersPolicyId"},
		// Nothing is cached, compressed or encrypted on the way to a browser of the same machine.
		Ignored: []string{c + "Comment", c + "HttpVersion", c + "IPV6Enabled", c + "PriceClass", b + "ViewerProtocolPolicy", b + "Compress", b + "CachePolicyId",
			b + "AllowedMethods", b + "CachedMethods", "Tags"},
		Create: createDistribution, Update: keepIdentity, Serve: serve,
	}, {
		Type: accessType, Properties: []string{"OriginAccessControlConfig"}, Check: checkAccess, Create: identify, Update: keepIdentity,
	}, {
		Type: headersType, Properties: []string{"ResponseHeadersPolicyConfig.SecurityHeadersConfig", "ResponseHeadersPolicyConfig.CustomHeadersConfig", "ResponseHeadersPolicyConfig.RemoveHeadersConfig"},
		Ignored: []string{"ResponseHeadersPolicyConfig.Name", "ResponseHeadersPolicyConfig.Comment"}, Create: identify, Update: keepIdentity,
	}}}
}

func createDistribution(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID = "E" + strings.ToUpper(strings.ReplaceAll(w.NewID(), "-", ""))[19:32]
	in.ARN = "arn:aws:cloudfront::" + w.Account() + ":distribution/" + in.PhysicalID
	// The name of a distribution has no scheme; here it is an address of this machine, which is reached without TLS.
	in.Attributes = map[string]any{"Id": in.PhysicalID, "DomainName": strings.TrimPrefix(w.Address(in.LogicalID), "http://")}
	return in, nil
}

func identify(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID = w.NewID()
	in.Attributes = map[string]any{"Id": in.PhysicalID}
	return in, nil
}

func keepIdentity(_ context.Context, _ kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
	return in, nil
}

func checkAccess(p map[string]any) error {
	c, _ := p["OriginAccessControlConfig"].(map[string]any)
	if t, ok := c["OriginAccessControlOriginType"].(string); ok && t != "s3" {
		return fault.New(fault.Unsupported, "origins of the type %s are not simulated: buckets are", t).At("OriginAccessControlConfig")
	}
	if b, ok := c["SigningBehavior"].(string); ok && b == "no-override" {
		return fault.New(fault.Unsupported, "credentials of viewers are not passed on: SigningBehavior must be always or never").At("OriginAccessControlConfig")
	}
	return nil
}
