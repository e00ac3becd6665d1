package s3

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// Emit adds the bucket, private and encrypted, and a policy that refuses requests without TLS.
func (Kind) Emit(s *kind.Scope) error {
	p := map[string]any{
		"BucketName": cfnName(s),
		"BucketEncryption": map[string]any{"ServerSideEncryptionConfiguration": []any{
			map[string]any{"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}}}},
		"OwnershipControls": map[string]any{"Rules": []any{map[string]any{"ObjectOwnership": "BucketOwnerEnforced"}}},
		"PublicAccessBlockConfiguration": map[string]any{
			"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true},
		"LifecycleConfiguration": map[string]any{"Rules": lifecycle(s)},
	}
	if s.Flag("versioning") {
		p["VersioningConfiguration"] = map[string]any{"Status": "Enabled"}
	}
	if rows := s.Rows("cors"); len(rows) > 0 {
		p["CorsConfiguration"] = map[string]any{"CorsRules": cors(s, rows)}
	}
	id := s.AddStateful("", kind.Resource{Type: bucketType, Properties: p})
	s.Add("Policy", kind.Resource{Type: policyType, Properties: map[string]any{"Bucket": cfn.Ref(id),
		"PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Sid": "OnlyTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
			"Resource":  []any{cfn.GetAtt(id, "Arn"), cfn.Join("", cfn.GetAtt(id, "Arn"), "/*")},
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}}}}}}})
	s.Output("Name", "Name of the bucket "+s.Node.Name, cfn.Ref(id))
	return nil
}

// Grant lets a caller read or write objects. It goes by the bucket's name: the bucket itself waits for the permissions of
// those that it notifies, so that whoever both uses it and is notified by it must not wait for it.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	prefix := w.String("keys")
	bucket, objects := arn(w.To, ""), arn(w.To, "/"+prefix+"*")
	var sts []kind.Statement
	if w.Edge.Access != "write" {
		list := kind.Statement{Actions: []string{"s3:ListBucket"}, Resources: []any{bucket}}
		if prefix != "" {
			list.Condition = map[string]any{"StringLike": map[string]any{"s3:prefix": prefix + "*"}}
		}
		get := kind.Statement{Actions: []string{"s3:GetObject"}, Resources: []any{objects}}
		if w.To.Flag("versioning") {
			get.Actions = append(get.Actions, "s3:GetObjectVersion")
		}
		sts = append(sts, list, get)
	}
	if w.Edge.Access != "read" {
		sts = append(sts, kind.Statement{Actions: []string{"s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}, Resources: []any{objects}})
	}
	return kind.Grant{ARN: bucket, Statements: sts, Variables: map[string]any{"BUCKET_NAME": cfnName(w.To)}}, nil
}

// Sender names the bucket instead of referring to it: the bucket waits for the permission that is made with this.
func (Kind) Sender(w *kind.Wire) (kind.Sender, error) {
	return kind.Sender{Principal: principal, SourceARN: arn(w.From, ""), SourceAccount: cfn.AccountID}, nil
}

// destinations are the lists of a notification configuration by the target's protocol, and what each calls its target.
var destinations = map[string]struct{ list, target string }{
	"lambda": {"LambdaConfigurations", "Function"}, "sqs": {"QueueConfigurations", "Queue"}, "sns": {"TopicConfigurations", "Topic"}}

// Notify adds the target to the bucket's notification configuration, after its permission: S3 tries it out at once.
func (Kind) Notify(w *kind.Wire, to kind.Endpoint) error {
	into, ok := destinations[to.Protocol]
	if !ok {
		w.Find(fault.Blocking, "bucket-notification", "", "put a function between the two", "S3 notifies functions, queues and topics, and %s is none", w.To.Node.Name)
		return nil
	}
	own := w.From.Resource("")
	n, _ := own.Properties["NotificationConfiguration"].(map[string]any)
	if n == nil {
		n = map[string]any{}
		own.Properties["NotificationConfiguration"] = n
	}
	for _, e := range w.Strings("events") {
		if !slices.Contains(eventNames, e) {
			w.Find(fault.Blocking, "bucket-event", "events", "use one of "+strings.Join(eventNames, ", "), "%q is no event of a bucket", e)
			continue
		}
		c := map[string]any{"Event": e, into.target: to.ARN}
		if rules := filterRules(w.String("prefix"), w.String("suffix")); len(rules) > 0 {
			c["Filter"] = map[string]any{"S3Key": map[string]any{"Rules": rules}}
		}
		if clash := overlapping(n, c); clash != "" {
			w.Find(fault.Blocking, "bucket-overlap", "prefix", "give the wires prefixes or suffixes that exclude each other, or put a topic between",
				"two wires of %s would be told about the same object (%s), which S3 refuses", w.From.Node.Name, clash)
			continue
		}
		list, _ := n[into.list].([]any)
		n[into.list] = append(list, c)
	}
	for _, id := range to.DependsOn {
		if !slices.Contains(own.DependsOn, id) {
			own.DependsOn = append(own.DependsOn, id)
		}
	}
	return nil
}

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	var out []fault.Finding
	find := func(field, source, message, hint string) {
		out = append(out, fault.Finding{Rule: "bucket", Severity: fault.Blocking, Node: string(s.Node.ID), Field: field, Message: message, Hint: hint, Source: source})
	}
	// What the field's pattern says already is not said again.
	if name := s.String("bucketName"); legalName.MatchString(name) && badName(name) != "" {
		find("bucketName", docNames, "no bucket can be called "+name+": "+badName(name), "leave it empty for a name that is made")
	}
	for _, row := range s.Rows("cors") {
		for _, o := range property.Texts(row["origins"]) {
			if strings.Count(o, "*") > 1 {
				find("cors", docCORS, "the origin "+o+" has more than one *", "use one at most")
			}
		}
		for _, m := range property.Texts(row["methods"]) {
			if !slices.Contains(corsMethods, m) {
				find("cors", docCORS, m+" is no method of a CORS rule", "use "+strings.Join(corsMethods, ", "))
			}
		}
	}
	return out
}

// lifecycle are the rules of expiry, and one that clears away what nobody sees: unfinished uploads, old versions.
func lifecycle(s *kind.Scope) []any {
	tidy := map[string]any{"Id": "tidy", "Status": "Enabled", "AbortIncompleteMultipartUpload": map[string]any{"DaysAfterInitiation": 7}}
	if s.Flag("versioning") {
		tidy["NoncurrentVersionExpiration"] = map[string]any{"NoncurrentDays": int(s.Number("oldVersions"))}
		tidy["ExpiredObjectDeleteMarker"] = true
	}
	rules := []any{tidy}
	for _, row := range s.Rows("expiry") {
		days, _ := row["days"].(float64)
		rule := map[string]any{"Status": "Enabled", "ExpirationInDays": int(days)}
		if prefix, _ := row["prefix"].(string); prefix != "" {
			rule["Prefix"] = prefix
		}
		rules = append(rules, rule)
	}
	return rules
}

func cors(s *kind.Scope, rows []map[string]any) []any {
	var columns []kind.Field
	for _, f := range s.Spec.Fields {
		if f.Name == "cors" {
			columns = f.Columns
		}
	}
	var rules []any
	for _, row := range rows {
		row = kind.WithDefaults(row, columns)
		age, _ := row["maxAge"].(float64)
		rule := map[string]any{"AllowedOrigins": row["origins"], "AllowedMethods": row["methods"], "MaxAge": int(age)}
		for name, column := range map[string]string{"AllowedHeaders": "headers", "ExposedHeaders": "exposed"} {
			if len(property.Texts(row[column])) > 0 {
				rule[name] = row[column]
			}
		}
		rules = append(rules, rule)
	}
	return rules
}

func filterRules(prefix, suffix string) []any {
	var rules []any
	if prefix != "" {
		rules = append(rules, map[string]any{"Name": "prefix", "Value": prefix})
	}
	if suffix != "" {
		rules = append(rules, map[string]any{"Name": "suffix", "Value": suffix})
	}
	return rules
}

// name is the bucket's name in parts: fixed, or made of the node's id and the random part of the stack's id, which unlike
// the stack's name is always lower-case, and which differs between all stacks of the world.
func name(s *kind.Scope) []any {
	if fixed := s.String("bucketName"); fixed != "" {
		return []any{fixed}
	}
	const most = 63 - 1 - 36 // the longest name, less a dash and a UUID
	base := string(s.Node.ID)
	if reserved(base) {
		base = "b-" + base
	}
	if len(base) > most {
		sum := sha256.Sum256([]byte(base))
		base = base[:most-7] + "-" + hex.EncodeToString(sum[:3])
	}
	return []any{base + "-", cfn.Select(2, cfn.Split("/", cfn.StackID))}
}

func cfnName(s *kind.Scope) any {
	parts := name(s)
	if len(parts) == 1 {
		return parts[0]
	}
	return cfn.Join("", parts...)
}

// arn is the bucket's ARN by its name, with a suffix for objects.
func arn(s *kind.Scope, suffix string) any {
	parts := append([]any{"arn:", cfn.Partition, ":s3:::"}, name(s)...)
	if suffix != "" {
		parts = append(parts, suffix)
	}
	return cfn.Join("", parts...)
}
