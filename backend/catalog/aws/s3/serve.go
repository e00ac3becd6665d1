package s3

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Methods that are treated apart: net/http, which has names for them, is out of bounds for kinds.
const head, options = "HEAD", "OPTIONS"

// apiError is an error answer of the S3 API.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
type apiError struct {
	status        int
	code, message string
	header        map[string]string // beside the usual ones
}

func (e apiError) Error() string { return e.message }

func fail(status int, code, format string, args ...any) apiError {
	return apiError{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func asAPI(err error) apiError {
	var e apiError
	switch {
	case errors.As(err, &e):
		return e
	case fault.CodeOf(err) == fault.Denied:
		return fail(403, "AccessDenied", "%s", fault.As(err).Message)
	}
	return fail(500, "InternalError", "%s", err)
}

func failedCondition() apiError {
	return fail(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
}

func unsupported(format string, args ...any) apiError {
	return fail(501, "NotImplemented", format, args...)
}

func noBucket() apiError { return fail(404, "NoSuchBucket", "The specified bucket does not exist") }

// request is one request being answered.
type request struct {
	kind.HTTPRequest
	ctx         context.Context
	w           kind.World
	who         kind.Principal
	source      map[string]string // condition keys of a service that acts for a resource
	bucket, key string
	in          kind.Instance // the bucket
	query       url.Values
	id          string // of the request
	after       []event
}

// answer is what an operation gives; document is printed as XML.
type answer struct {
	status   int
	header   map[string]string
	document any
	body     []byte
}

// serve answers the S3 REST API.
func serve(ctx context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
	return respond(&request{HTTPRequest: r.HTTPRequest, ctx: ctx, w: w, who: r.Principal})
}

// respond carries a request out, prints the answer, and then tells those who are to be notified.
func respond(r *request) kind.HTTPResponse {
	r.id = strings.ToUpper(strings.ReplaceAll(r.w.NewID(), "-", ""))[:16]
	a, err := r.run()
	if err != nil {
		a = r.failure(err)
	}
	out := kind.HTTPResponse{Status: a.status, Body: a.body, Header: map[string][]string{
		"X-Amz-Request-Id": {r.id}, "X-Amz-Id-2": {base64.StdEncoding.EncodeToString([]byte("airloom/" + r.id))}, "Server": {"AmazonS3"}}}
	for name, value := range a.header {
		if value != "" {
			out.Header[name] = []string{value}
		}
	}
	for name, value := range r.allowOrigin() {
		out.Header[name] = []string{value}
	}
	if a.document != nil {
		text, err := xml.Marshal(a.document)
		if err != nil {
			return kind.HTTPResponse{Status: 500, Header: out.Header, Body: []byte(err.Error())}
		}
		out.Body = append([]byte(xml.Header), text...)
		out.Header["Content-Type"] = []string{"application/xml"}
	}
	if out.Status == 0 {
		out.Status = 200
	}
	if r.Method == head {
		out.Body = nil
	}
	for _, e := range r.after {
		e.send(context.WithoutCancel(r.ctx), r.w, r.in)
	}
	return out
}

func (r *request) failure(err error) answer {
	e := asAPI(err)
	a := answer{status: e.status, header: e.header}
	if e.status == 304 {
		return a
	}
	a.document = struct {
		XMLName    xml.Name `xml:"Error"`
		Code       string
		Message    string
		BucketName string `xml:",omitempty"`
		Key        string `xml:",omitempty"`
		Resource   string
		RequestID  string `xml:"RequestId"`
		HostID     string `xml:"HostId"`
	}{Code: e.code, Message: printable(e.message), BucketName: r.bucket, Key: printable(r.key), Resource: printable(r.Path), RequestID: r.id, HostID: "airloom"}
	return a
}

// run finds the operation and carries it out.
func (r *request) run() (answer, error) {
	if err := r.locate(); err != nil {
		return answer{}, err
	}
	name := r.operation()
	run, ok := operations[name]
	if !ok {
		return answer{}, unsupported("the embedded sandbox does not carry out %s", name)
	}
	for _, h := range refusedHeaders {
		if r.Get(h.name) != "" && !slices.Contains(h.but, strings.ToLower(r.Get(h.name))) {
			return answer{}, h.refuse(r.Get(h.name))
		}
	}
	if r.bucket != "" {
		var ok bool
		if r.in, ok = r.w.Lookup(bucketType, r.bucket); !ok {
			return answer{}, noBucket()
		}
		if owner := r.Get("X-Amz-Expected-Bucket-Owner"); owner != "" && owner != r.w.Account() {
			return answer{}, fail(403, "AccessDenied", "Access Denied")
		}
	}
	return run(r)
}

// locate reads bucket and key from a path-style or virtual-host-style address.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
func (r *request) locate() error {
	path := r.RawPath
	if path == "" {
		path = (&url.URL{Path: r.Path}).EscapedPath()
	}
	path, err := url.PathUnescape(path)
	if err != nil {
		return fail(400, "InvalidURI", "Couldn't parse the specified URI.")
	}
	path = strings.TrimPrefix(path, "/")
	if r.bucket = virtual(r.Host, r.w.Endpoint()); r.bucket != "" {
		r.key = path
	} else {
		r.bucket, r.key, _ = strings.Cut(path, "/")
	}
	if r.query, err = url.ParseQuery(r.Query); err != nil {
		return fail(400, "InvalidURI", "Couldn't parse the specified URI.")
	}
	return checkKey(r.key)
}

func checkKey(key string) error {
	switch {
	case len(key) > 1024:
		return fail(400, "KeyTooLongError", "Your key is too long")
	case strings.ToValidUTF8(key, "") != key, strings.ContainsRune(key, 0):
		return fail(400, "InvalidURI", "Couldn't parse the specified URI.")
	}
	return nil
}

// virtual is the bucket that a host names, "" where it names the service itself.
func virtual(host, endpoint string) string {
	host = strings.ToLower(host)
	_, own, _ := strings.Cut(endpoint, "://")
	if bucket, ok := strings.CutSuffix(host, "."+own); ok {
		return strings.TrimSuffix(bucket, ".s3")
	}
	if bucket, _, ok := cutHost(host); ok {
		return bucket
	}
	return ""
}

// cutHost reads AWS's own names: "<bucket>.s3.amazonaws.com", "<bucket>.s3.<region>.amazonaws.com".
func cutHost(host string) (bucket, region string, ok bool) {
	host, ok = strings.CutSuffix(host, ".amazonaws.com")
	if !ok {
		return "", "", false
	}
	if bucket, ok := strings.CutSuffix(host, ".s3"); ok {
		return bucket, "", true
	}
	i := strings.LastIndex(host, ".s3.")
	if i < 0 || strings.Contains(host[i+4:], ".") {
		return "", "", false
	}
	return host[:i], host[i+4:], true
}

// subresources are the query parameters that choose an operation, with their part of its name.
var subresources = map[string]string{
	"abac": "Abac", "accelerate": "AccelerateConfiguration", "acl": "Acl", "analytics": "AnalyticsConfiguration", "cors": "Cors",
	"encryption": "Encryption", "intelligent-tiering": "IntelligentTieringConfiguration", "inventory": "InventoryConfiguration", "legal-hold": "LegalHold",
	"lifecycle": "LifecycleConfiguration", "logging": "Logging", "metadataConfiguration": "MetadataConfiguration", "metadataTable": "MetadataTableConfiguration",
	"metrics": "MetricsConfiguration", "notification": "NotificationConfiguration", "object-lock": "ObjectLockConfiguration",
	"ownershipControls": "OwnershipControls", "policy": "Policy", "policyStatus": "PolicyStatus", "publicAccessBlock": "PublicAccessBlock",
	"replication": "Replication", "requestPayment": "RequestPayment", "retention": "Retention", "tagging": "Tagging", "torrent": "Torrent",
	"versioning": "Versioning", "website": "Website", "location": "Location", "attributes": "Attributes",
}

// special are the operations that are not named after verb, level and subresource.
var special = map[string]string{
	"GET bucket list-type": "ListObjectsV2", "GET bucket versions": "ListObjectVersions", "GET bucket uploads": "ListMultipartUploads",
	"POST bucket delete": "DeleteObjects", "GET bucket session": "CreateSession",
	"POST object uploads": "CreateMultipartUpload", "POST object uploadId": "CompleteMultipartUpload", "PUT object uploadId": "UploadPart",
	"GET object uploadId": "ListParts", "DELETE object uploadId": "AbortMultipartUpload", "POST object restore": "RestoreObject",
	"POST object select": "SelectObjectContent", "PUT object renameObject": "RenameObject",
}

// operation names what a request asks for, also where it cannot be carried out.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
func (r *request) operation() string {
	level, noun := "object", "Object"
	switch {
	case r.bucket == "":
		level, noun = "service", "Service"
	case r.key == "":
		level, noun = "bucket", "Bucket"
	}
	for _, parameter := range slices.Sorted(maps.Keys(r.query)) {
		if name, ok := special[r.Method+" "+level+" "+parameter]; ok {
			if name == "UploadPart" && r.Get("X-Amz-Copy-Source") != "" {
				return "UploadPartCopy"
			}
			return name
		}
	}
	verb := map[string]string{"GET": "Get", "PUT": "Put", "DELETE": "Delete", "HEAD": "Head", "POST": "Post"}[r.Method]
	for _, parameter := range slices.Sorted(maps.Keys(r.query)) {
		if name, ok := subresources[parameter]; ok {
			return verb + noun + name
		}
	}
	switch plain := verb + noun; {
	case r.Method == options:
		return "Options"
	case plain == "GetService":
		return "ListBuckets"
	case plain == "GetBucket":
		return "ListObjects"
	case plain == "PutBucket":
		return "CreateBucket"
	case plain == "PutObject" && r.Get("X-Amz-Copy-Source") != "":
		return "CopyObject"
	default:
		return plain
	}
}

// operations are those that the embedded sandbox carries out.
var operations = map[string]func(*request) (answer, error){
	"ListBuckets": (*request).listBuckets, "HeadBucket": (*request).headBucket, "GetBucketLocation": (*request).bucketLocation, "GetBucketVersioning": (*request).bucketVersioning,
	"ListObjects": (*request).listObjects, "ListObjectsV2": (*request).listObjectsV2, "ListObjectVersions": (*request).listVersions,
	"PutObject": (*request).putObject, "GetObject": (*request).getObject, "HeadObject": (*request).getObject, "CopyObject": (*request).copyObject,
	"DeleteObject": (*request).deleteObject, "DeleteObjects": (*request).deleteObjects, "GetObjectAttributes": (*request).attributes,
	"GetObjectTagging": (*request).getTags, "PutObjectTagging": (*request).putTags, "DeleteObjectTagging": (*request).deleteTags,
	"CreateMultipartUpload": (*request).createUpload, "UploadPart": (*request).uploadPart, "UploadPartCopy": (*request).uploadPartCopy,
	"CompleteMultipartUpload": (*request).completeUpload, "AbortMultipartUpload": (*request).abortUpload,
	"ListParts": (*request).listParts, "ListMultipartUploads": (*request).listUploads, "Options": (*request).preflight,
}

// refusedHeaders ask for what cannot be done here, or what a bucket without access control lists refuses everywhere.
var refusedHeaders = []struct {
	name   string
	but    []string // values that are fine
	refuse func(string) error
}{
	{"X-Amz-Acl", []string{"private", "bucket-owner-full-control"}, noLists},
	{"X-Amz-Grant-Full-Control", nil, noLists}, {"X-Amz-Grant-Read", nil, noLists}, {"X-Amz-Grant-Read-Acp", nil, noLists}, {"X-Amz-Grant-Write-Acp", nil, noLists},
	{"X-Amz-Object-Lock-Mode", nil, not("object lock")}, {"X-Amz-Object-Lock-Legal-Hold", []string{"off"}, not("object lock")},
	{"X-Amz-Object-Lock-Retain-Until-Date", nil, not("object lock")}, {"X-Amz-Website-Redirect-Location", nil, not("website redirects")},
	{"X-Amz-Server-Side-Encryption-Customer-Algorithm", nil, not("keys that the caller brings")},
	{"X-Amz-Copy-Source-Server-Side-Encryption-Customer-Algorithm", nil, not("keys that the caller brings")},
	{"X-Amz-Write-Offset-Bytes", nil, not("appending")}, {"X-Amz-Mfa", nil, not("deletion with a second factor")},
	{"X-Amz-Storage-Class", []string{"standard", "standard_ia", "onezone_ia", "intelligent_tiering", "reduced_redundancy", "glacier_ir"}, not("archives that must be restored")},
	{"X-Amz-If-Match-Last-Modified-Time", nil, not("conditions on the time in deletions")}, {"X-Amz-If-Match-Size", nil, not("conditions on the size in deletions")},
}

func noLists(string) error {
	return fail(400, "AccessControlListNotSupported", "The bucket does not allow ACLs")
}

func not(what string) func(string) error {
	return func(string) error { return unsupported("the embedded sandbox has no %s", what) }
}

// allow checks that the caller may do something to the bucket or, with a key, to an object.
func (r *request) allow(action, key string, context map[string]string) error {
	return r.allowAt(action, r.in.ARN, key, context)
}

func (r *request) allowAt(action, bucket, key string, context map[string]string) error {
	if key != "" {
		bucket += "/" + key
	}
	all := maps.Clone(r.source)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, context)
	return r.w.Allow(kind.Access{Principal: r.who, Action: "s3:" + action, Resource: bucket, Context: all})
}

// read decodes an XML body, which has passed its checksum.
func (r *request) read(into any) error {
	body, _, err := r.payload()
	if err != nil {
		return err
	}
	if err := xml.NewDecoder(bytes.NewReader(body)).Decode(into); err != nil {
		return fail(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	return nil
}

// printable leaves out what XML cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}
