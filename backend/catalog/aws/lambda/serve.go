package lambda

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// apiError is an error answer of the Lambda API. Kind is who is to blame: User or Service.
type apiError struct {
	status              int
	code, kind, message string
	reason              string // of a throttled request
}

func (e apiError) Error() string { return e.message }

func notFound(w kind.World, name string) error {
	return apiError{status: 404, code: "ResourceNotFoundException", kind: "User", message: "Function not found: " + w.ARN("lambda", "function:"+name)}
}

func unsupported(format string, args ...any) error {
	return apiError{status: 400, code: "InvalidParameterValueException", kind: "User", message: fault.New("", format, args...).Message}
}

// serve answers the Lambda API: invoking, and reading what functions there are.
// https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
func (d *dispatcher) serve(ctx context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
	c := call{d, ctx, w, r}
	rest, ok := strings.CutPrefix(r.Path, "/2015-03-31/functions")
	name, leaf, _ := strings.Cut(strings.Trim(rest, "/"), "/")
	switch request := r.Method + " /" + leaf; {
	case !ok:
	case request == "GET /" && name == "":
		return c.list()
	case request == "POST /invocations":
		return c.invoke(name)
	case request == "GET /":
		return c.get(name, "GetFunction")
	case request == "GET /configuration":
		return c.get(name, "GetFunctionConfiguration")
	}
	return c.failed(unsupported("the embedded sandbox does not carry out %s %s: functions are created and changed by drawing them", r.Method, r.Path))
}

// call is one request being answered.
type call struct {
	d   *dispatcher
	ctx context.Context
	w   kind.World
	r   kind.APIRequest
}

// find looks up a function that a request names, and asks whether the caller may do this to it.
func (c call) find(text, action string) (kind.Instance, error) {
	name, qualifier := nameOf(text)
	query, _ := url.ParseQuery(c.r.Query)
	if q := query.Get("Qualifier"); q != "" {
		qualifier = q
	}
	if qualifier != "" && qualifier != latest {
		return kind.Instance{}, unsupported("the embedded sandbox has no versions and aliases (%s), only $LATEST", qualifier)
	}
	arn := c.w.ARN("lambda", "function:"+name)
	if err := c.w.Allow(kind.Access{Principal: c.r.Principal, Action: "lambda:" + action, Resource: arn}); err != nil {
		return kind.Instance{}, err
	}
	in, ok := functionOf(c.w, name)
	if !ok {
		return in, notFound(c.w, name)
	}
	return in, nil
}

// invoke runs a function.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
func (c call) invoke(name string) kind.HTTPResponse {
	fn, err := c.find(name, "InvokeFunction")
	if err != nil {
		return c.failed(err)
	}
	payload := c.r.Body
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	if !json.Valid(payload) {
		return c.failed(apiError{status: 400, code: "InvalidRequestContentException", kind: "User", message: "Could not parse request body into json: it is not valid JSON"})
	}
	id := c.w.NewID()
	switch mode := c.r.Get("X-Amz-Invocation-Type"); mode {
	case "DryRun":
		return c.answer(204, nil)
	case "Event":
		if err := c.d.enqueue(c.w, fn, event{id: id, Payload: payload}); err != nil {
			return c.failed(err)
		}
		out := c.answer(202, nil)
		out.Header["X-Amzn-Requestid"] = []string{id}
		return out
	case "", "RequestResponse":
	default:
		return c.failed(unsupported("%q is no invocation type: RequestResponse, Event and DryRun are", mode))
	}
	if len(payload) > eventLimit {
		return c.failed(apiError{status: 413, code: "RequestTooLargeException", kind: "User", message: strconv.Itoa(len(payload)) + " byte payload is too large for the RequestResponse invocation type (limit " + strconv.Itoa(eventLimit) + " bytes)"})
	}
	r, err := c.w.Invoke(c.ctx, kind.Invocation{Function: fn.ARN, Principal: c.r.Principal, Payload: payload, RequestID: id})
	if err != nil {
		return c.failed(err)
	}
	out := kind.HTTPResponse{Status: 200, Body: r.Payload, Header: map[string][]string{"Content-Type": {"application/json"}, "X-Amzn-Requestid": {r.RequestID}, "X-Amz-Executed-Version": {latest}}}
	if r.FunctionError != "" {
		out.Header["X-Amz-Function-Error"] = []string{r.FunctionError}
	}
	if c.r.Get("X-Amz-Log-Type") == "Tail" {
		out.Header["X-Amz-Log-Result"] = []string{base64.StdEncoding.EncodeToString([]byte(r.LogTail))}
	}
	return out
}

// get reads a function's settings, with where its code lies for GetFunction.
func (c call) get(name, action string) kind.HTTPResponse {
	fn, err := c.find(name, action)
	switch {
	case err != nil:
		return c.failed(err)
	case action == "GetFunctionConfiguration":
		return c.answer(200, c.configuration(fn))
	}
	out := map[string]any{"Configuration": c.configuration(fn), "Code": map[string]any{"RepositoryType": "S3"}}
	if n, ok := property.Integer(fn.Properties, "ReservedConcurrentExecutions"); ok {
		out["Concurrency"] = map[string]any{"ReservedConcurrentExecutions": n}
	}
	return c.answer(200, out)
}

func (c call) list() kind.HTTPResponse {
	if err := c.w.Allow(kind.Access{Principal: c.r.Principal, Action: "lambda:ListFunctions", Resource: "*"}); err != nil {
		return c.failed(err)
	}
	all := []any{}
	for _, fn := range c.w.Instances(functionType) {
		all = append(all, c.configuration(fn))
	}
	return c.answer(200, map[string]any{"Functions": all})
}

// configuration is a function as the API shows it.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
func (c call) configuration(fn kind.Instance) map[string]any {
	p := fn.Properties
	sum := sha256.Sum256([]byte(property.Text(p, "Code", "S3Key")))
	out := map[string]any{"FunctionName": fn.PhysicalID, "FunctionArn": fn.ARN, "Version": latest, "PackageType": "Zip", "State": "Active", "LastUpdateStatus": "Successful",
		"Runtime": p["Runtime"], "Handler": p["Handler"], "Role": p["Role"], "MemorySize": 128, "Timeout": 3, "Architectures": []any{"x86_64"},
		"CodeSha256": base64.StdEncoding.EncodeToString(sum[:]), "Description": property.Text(p, "Description"), "TracingConfig": map[string]any{"Mode": "PassThrough"}}
	for _, name := range []string{"MemorySize", "Timeout", "Architectures", "Environment", "DeadLetterConfig", "LoggingConfig", "TracingConfig"} {
		if p[name] != nil {
			out[name] = p[name]
		}
	}
	return out
}

func (c call) answer(status int, v any) kind.HTTPResponse {
	out := kind.HTTPResponse{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}, "X-Amzn-Requestid": {c.w.NewID()}}}
	if v == nil {
		return out
	}
	body, err := json.Marshal(v)
	if err != nil {
		return c.failed(err)
	}
	out.Body = body
	return out
}

// failed answers an error in Lambda's own shape.
func (c call) failed(err error) kind.HTTPResponse {
	var e apiError
	if !errors.As(err, &e) {
		f := fault.As(err)
		switch f.Code {
		case fault.Denied:
			e = apiError{status: 403, code: "AccessDeniedException", message: f.Message}
		case fault.NotFound:
			e = apiError{status: 404, code: "ResourceNotFoundException", kind: "User", message: f.Message}
		case fault.Invalid:
			e = apiError{status: 400, code: "InvalidRequestContentException", kind: "User", message: f.Message}
		case fault.Limit:
			e = limited(err, f)
		default:
			e = apiError{status: 500, code: "ServiceException", kind: "Service", message: f.Message}
		}
	}
	shape := map[string]any{"Message": e.message}
	if e.kind != "" {
		shape["Type"] = e.kind
	}
	if e.reason != "" {
		shape["Reason"] = e.reason
	}
	out := c.answer(e.status, shape)
	out.Header["X-Amzn-Errortype"] = []string{e.code}
	return out
}

// limited tells a throttled function from an event that is too large or has gone in circles. The host of the functions names
// the reason of a throttling as the error's cause.
func limited(err error, f *fault.Error) apiError {
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		if reason, ok := strings.CutPrefix(cause.Error(), "TooManyRequestsException: "); ok {
			return apiError{status: 429, code: "TooManyRequestsException", kind: "User", message: "Rate Exceeded.", reason: reason}
		}
	}
	return apiError{status: 413, code: "RequestTooLargeException", kind: "User", message: f.Message}
}
