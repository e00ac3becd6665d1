package s3

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

const (
	bucketType = "AWS::S3::Bucket"
	policyType = "AWS::S3::BucketPolicy"
)

// Simulate brings buckets, their policies and the S3 API.
func (Kind) Simulate() kind.Simulation {
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type: bucketType,
			Properties: []string{"BucketName", "VersioningConfiguration", "CorsConfiguration", "PublicAccessBlockConfiguration", "OwnershipControls",
				"NotificationConfiguration.LambdaConfigurations", "NotificationConfiguration.QueueConfigurations", "NotificationConfiguration.TopicConfigurations",
				"LifecycleConfiguration.Rules.Id", "LifecycleConfiguration.Rules.Status", "LifecycleConfiguration.Rules.Prefix", "LifecycleConfiguration.Rules.TagFilters",
				"LifecycleConfiguration.Rules.ObjectSizeGreaterThan", "LifecycleConfiguration.Rules.ObjectSizeLessThan", "LifecycleConfiguration.Rules.ExpirationInDays",
				"LifecycleConfiguration.Rules.ExpiredObjectDeleteMarker", "LifecycleConfiguration.Rules.NoncurrentVersionExpiration", "LifecycleConfiguration.Rules.AbortIncompleteMultipartUpload"},
			Ignored:  []string{"BucketEncryption", "Tags", "MetricsConfigurations", "AccelerateConfiguration"},
			Replace:  []string{"BucketName"},
			Stateful: true,
			Check:    checkBucket, Create: create, Update: update, Delete: destroy, Run: expire,
		}, {
			Type: policyType, Properties: []string{"Bucket", "PolicyDocument"}, Replace: []string{"Bucket"},
			Create: createPolicy, Update: func(_ context.Context, w kind.World, _, in kind.Instance) (kind.Instance, error) {
				return in, setPolicy(w, in)
			},
			Delete: deletePolicy,
		}},
		Services: []kind.Service{{Name: "s3", Serve: serve}},
		Hosts:    []kind.Host{{Match: isBucketHost, Serve: serveHost}},
	}
}

// checkBucket refuses values that S3 refuses, or that cannot be simulated, as far as they are known before anything exists.
func checkBucket(p map[string]any) error {
	if name, ok := p["BucketName"].(string); ok {
		if why := badName(name); why != "" {
			return fault.New(fault.Invalid, "no bucket can be called %s: %s", name, why).At("BucketName")
		}
	}
	controls, _ := p["OwnershipControls"].(map[string]any)
	list, _ := controls["Rules"].([]any)
	for _, e := range list {
		if rule, _ := e.(map[string]any); rule["ObjectOwnership"] != "BucketOwnerEnforced" {
			return fault.New(fault.Unsupported, "access control lists are not simulated: ObjectOwnership must be BucketOwnerEnforced").At("OwnershipControls")
		}
	}
	c, _ := p["NotificationConfiguration"].(map[string]any)
	seen := map[string]any{}
	for _, protocol := range slices.Sorted(maps.Keys(destinations)) {
		into := destinations[protocol].list
		list, _ := c[into].([]any)
		for _, e := range list {
			entry, _ := e.(map[string]any)
			if name, ok := entry["Event"].(string); ok && !slices.Contains(eventNames, name) {
				return fault.New(fault.Unsupported, "the event %s is not simulated", name).At("NotificationConfiguration")
			}
			if clash := overlapping(seen, entry); clash != "" {
				return fault.New(fault.Invalid, "configurations overlap: two of them are about %s with prefixes and suffixes that one key can have", clash).At("NotificationConfiguration")
			}
			known, _ := seen[into].([]any)
			seen[into] = append(known, e)
		}
	}
	return nil
}

// nameOf is the bucket's name, also where it is not made yet.
func nameOf(in kind.Instance) string {
	if in.ARN != "" {
		return in.PhysicalID
	}
	if name := property.Text(in.Properties, "BucketName"); name != "" {
		return name
	}
	name := strings.ToLower(in.PhysicalID)
	return strings.Trim(name[max(0, len(name)-63):], "-")
}

func create(ctx context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	name := nameOf(in)
	if _, taken := w.Lookup(bucketType, name); taken {
		return in, fault.New(fault.Conflict, "a bucket named %s exists already", name).At(in.LogicalID)
	}
	in.PhysicalID, in.ARN = name, "arn:aws:s3:::"+name
	in.Attributes = map[string]any{"Arn": in.ARN, "DomainName": name + ".s3.amazonaws.com", "RegionalDomainName": name + ".s3." + w.Region() + ".amazonaws.com",
		"DualStackDomainName": name + ".s3.dualstack." + w.Region() + ".amazonaws.com", "WebsiteURL": "http://" + name + ".s3-website-" + w.Region() + ".amazonaws.com"}
	if err := w.State(space).Update(func(tx kind.Tx) error { return tx.Put(createdKey(name), []byte(w.Now().UTC().Format(time.RFC3339))) }); err != nil {
		return in, err
	}
	return in, tryOut(ctx, w, in)
}

func update(ctx context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
	if versioning(old) != "" && versioning(in) == "" {
		// Versions cannot be switched off any more: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
		in.Properties = maps.Clone(in.Properties)
		in.Properties["VersioningConfiguration"] = map[string]any{"Status": "Suspended"}
	}
	if same(old.Properties["NotificationConfiguration"], in.Properties["NotificationConfiguration"]) {
		return in, nil
	}
	return in, tryOut(ctx, w, in)
}

// destroy removes the bucket with everything in it: in an account CloudFormation refuses to delete a bucket that is not empty,
// and the sandbox there empties it first, on consent.
func destroy(_ context.Context, w kind.World, in kind.Instance) error {
	name := nameOf(in)
	return w.State(space).Update(func(tx kind.Tx) error {
		l, err := look(tx, name, "", "", "", "", math.MaxInt, true)
		if err != nil {
			return err
		}
		for _, v := range l.versions {
			if err := drop(tx, name, v); err != nil {
				return err
			}
		}
		uploads, err := uploadsOf(tx, name)
		if err != nil {
			return err
		}
		for _, u := range uploads {
			if err := forget(tx, name, u, nil); err != nil {
				return err
			}
		}
		if err := tx.Delete(fmt.Appendf(nil, "n/%s", name)); err != nil {
			return err
		}
		return tx.Delete(createdKey(name))
	})
}

func createPolicy(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	bucket := property.Text(in.Properties, "Bucket")
	if slices.ContainsFunc(w.Instances(policyType), func(o kind.Instance) bool { return o.PhysicalID == bucket }) {
		return in, fault.New(fault.Conflict, "the bucket %s has a policy already", bucket).At(in.LogicalID)
	}
	in.PhysicalID, in.Attributes = bucket, map[string]any{}
	return in, setPolicy(w, in)
}

func setPolicy(w kind.World, in kind.Instance) error {
	bucket, ok := w.Lookup(bucketType, in.PhysicalID)
	if !ok {
		return fault.New(fault.NotFound, "the bucket %s does not exist", in.PhysicalID).At(in.LogicalID)
	}
	document, ok := in.Properties["PolicyDocument"].(map[string]any)
	if !ok {
		return fault.New(fault.Invalid, "the policy document of a bucket policy must be an object").At(in.LogicalID)
	}
	if block, _ := bucket.Properties["PublicAccessBlockConfiguration"].(map[string]any); block["BlockPublicPolicy"] == true && public(document) {
		return fault.New(fault.Denied, "public policies are prevented by the BlockPublicPolicy setting of the bucket %s", in.PhysicalID).At(in.LogicalID)
	}
	w.SetPolicy(bucket.ARN, "policy", document)
	return nil
}

// public tells whether a policy opens the bucket to everybody: a statement that allows all principals without a condition.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func public(document map[string]any) bool {
	list, ok := document["Statement"].([]any)
	if !ok {
		list = []any{document["Statement"]}
	}
	return slices.ContainsFunc(list, func(e any) bool {
		st, _ := e.(map[string]any)
		who := st["Principal"]
		if m, ok := who.(map[string]any); ok {
			who = m["AWS"]
		}
		if l, ok := who.([]any); ok && slices.Contains(l, any("*")) {
			who = "*"
		}
		conditions, _ := st["Condition"].(map[string]any)
		return st["Effect"] == "Allow" && who == "*" && len(conditions) == 0
	})
}

func deletePolicy(_ context.Context, w kind.World, in kind.Instance) error {
	w.SetPolicy("arn:aws:s3:::"+in.PhysicalID, "policy", nil)
	return nil
}

func same(a, b any) bool {
	x, e1 := json.Marshal(a)
	y, e2 := json.Marshal(b)
	return e1 == nil && e2 == nil && string(x) == string(y)
}
