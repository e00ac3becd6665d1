package spa

import (
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Suffixes of the client's resources beside the distribution.
const (
	files, access, headers = "Files", "Access", "Headers"
)

// cachingOptimized is AWS's own cache policy for files from S3.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"

// Emit adds the bucket, and the distribution that alone may read it.
func (Kind) Emit(s *kind.Scope) error {
	bucket := s.Add(files, kind.Resource{Type: "AWS::S3::Bucket", DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete", Properties: map[string]any{
		"BucketEncryption": map[string]any{"ServerSideEncryptionConfiguration": []any{
			map[string]any{"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}}}},
		"OwnershipControls": map[string]any{"Rules": []any{map[string]any{"ObjectOwnership": "BucketOwnerEnforced"}}},
		"PublicAccessBlockConfiguration": map[string]any{
			"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}}})
	s.Add(access, kind.Resource{Type: accessType, Properties: map[string]any{"OriginAccessControlConfig": map[string]any{
		"Name": uniqueName(s), "OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4"}}})
	s.Add(headers, kind.Resource{Type: headersType, Properties: map[string]any{"ResponseHeadersPolicyConfig": map[string]any{
		"Name": uniqueName(s), "SecurityHeadersConfig": security(s.String("csp"))}}})
	config := map[string]any{
		"Enabled": true, "Comment": s.Logical(""), "DefaultRootObject": "index.html", "HttpVersion": "http2and3", "IPV6Enabled": true, "PriceClass": s.String("price"),
		"Origins": []any{map[string]any{"Id": "files", "DomainName": cfn.GetAtt(bucket, "RegionalDomainName"),
			"OriginAccessControlId": cfn.GetAtt(s.Logical(access), "Id"), "S3OriginConfig": map[string]any{"OriginAccessIdentity": ""}}},
		"DefaultCacheBehavior": map[string]any{"TargetOriginId": "files", "ViewerProtocolPolicy": "redirect-to-https", "Compress": true,
			"CachePolicyId": cachingOptimized, "ResponseHeadersPolicyId": cfn.Ref(s.Logical(headers))},
	}
	if s.Flag("fallback") {
		// Who may not list a bucket is told 403 for what is not there.
		config["CustomErrorResponses"] = []any{index(403), index(404)}
	}
	site := s.Add("", kind.Resource{Type: distributionType, Properties: map[string]any{"DistributionConfig": config}})
	s.Add(files+"Policy", kind.Resource{Type: "AWS::S3::BucketPolicy", Properties: map[string]any{"Bucket": cfn.Ref(bucket),
		"PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{
			map[string]any{"Sid": "OnlyTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
				"Resource":  []any{cfn.GetAtt(bucket, "Arn"), cfn.Join("", cfn.GetAtt(bucket, "Arn"), "/*")},
				"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}}},
			map[string]any{"Sid": "OnlyDistribution", "Effect": "Allow", "Principal": map[string]any{"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
				"Resource": cfn.Join("", cfn.GetAtt(bucket, "Arn"), "/*"),
				"Condition": map[string]any{"StringEquals": map[string]any{
					"aws:SourceArn": cfn.Join("", "arn:", cfn.Partition, ":cloudfront::", cfn.AccountID, ":distribution/", cfn.Ref(site))}}}}}}})
	s.Output("Url", "Address of the client "+s.Node.Name, cfn.Join("", "https://", cfn.GetAtt(site, "DomainName")))
	return nil
}

// Origin is the distribution's.
func (Kind) Origin(s *kind.Scope) any {
	return cfn.Join("", "https://", cfn.GetAtt(s.Logical(""), "DomainName"))
}

// Use keeps what a target tells for config.json.
func (Kind) Use(w *kind.Wire, g kind.Grant) error {
	if len(g.Statements) > 0 || len(g.Settings) == 0 {
		w.Find(fault.Blocking, "client-call", "", "put an API between the two", "a page in a browser has no role: it cannot use %s by itself", w.To.Node.Name)
		return nil
	}
	name := w.String("name")
	if name == "" {
		name = kind.Pascal(w.To.Node.ID)
		name = strings.ToLower(name[:1]) + name[1:]
	}
	return w.From.SetVariable(name, g.Settings)
}

// Finish declares the files, with what the wires brought.
func (Kind) Finish(s *kind.Scope) error {
	s.Publish(kind.Site{Bucket: s.Logical(files), Distribution: s.Logical(""), Source: source(s), Build: s.String("build"), Output: s.String("output"), Config: s.Variables()})
	return nil
}

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	var out []fault.Finding
	for field, folder := range map[string]string{"output": s.String("output"), "source": source(s)} {
		if strings.HasPrefix(folder, "/") || strings.Contains("/"+folder+"/", "/../") {
			out = append(out, fault.Finding{Rule: "client-folder", Severity: fault.Blocking, Node: string(s.Node.ID), Field: field,
				Message: "the folder " + folder + " lies outside of the project", Hint: "use a folder of the project"})
		}
	}
	if s.String("build") != "" && s.String("output") == "" {
		out = append(out, fault.Finding{Rule: "client-build", Severity: fault.Warning, Node: string(s.Node.ID), Field: "output",
			Message: "the sources would be published with what the build command makes of them", Hint: "name the folder that the command leaves behind"})
	}
	return out
}

// index answers an error with the page that has the client's own routes.
func index(status int) map[string]any {
	return map[string]any{"ErrorCode": status, "ResponseCode": 200, "ResponsePagePath": "/index.html", "ErrorCachingMinTTL": 0}
}

// security are headers that protect the page, whatever the files say.
func security(csp string) map[string]any {
	m := map[string]any{
		"ContentTypeOptions":      map[string]any{"Override": true},
		"FrameOptions":            map[string]any{"FrameOption": "DENY", "Override": true},
		"ReferrerPolicy":          map[string]any{"ReferrerPolicy": "strict-origin-when-cross-origin", "Override": true},
		"StrictTransportSecurity": map[string]any{"AccessControlMaxAgeSec": 31536000, "IncludeSubdomains": true, "Override": true},
	}
	if csp != "" {
		m["ContentSecurityPolicy"] = map[string]any{"ContentSecurityPolicy": csp, "Override": true}
	}
	return m
}

// uniqueName is a name that no other stack of the account has: the node's logical id and the random part of the stack's id. The
// longest that CloudFront takes for an access control has 64 characters.
func uniqueName(s *kind.Scope) any {
	id := s.Logical("")
	return cfn.Join("", id[:min(len(id), 64-1-36)]+"-", cfn.Select(2, cfn.Split("/", cfn.StackID)))
}

func source(s *kind.Scope) string {
	if src := s.String("source"); src != "" {
		return src
	}
	return "clients/" + string(s.Node.ID)
}
