package dynamodb

import (
	"context"
	"encoding/json"
	"errors"
	"hash/crc32"
	"strconv"
	"strings"

	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

// The name spaces of error types. SDKs look at what follows the #.
const (
	own       = "com.amazonaws.dynamodb.v20120810#"
	validator = "com.amazon.coral.validate#"
	coral     = "com.amazon.coral.service#"
)

// apiError is an error answer of the API.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
type apiError struct {
	space, code, message string
	item                 value.Item // of a failed condition, where it was asked for
	reasons              []reason   // of a cancelled transaction
}

func (e apiError) Error() string { return e.message }

func invalid(format string, args ...any) apiError {
	return apiError{space: validator, code: "ValidationException", message: fault.New("", format, args...).Message}
}

func noTable() apiError {
	return apiError{space: own, code: "ResourceNotFoundException", message: "Requested resource not found"}
}

// unsupported refuses by name what only the embedded sandbox cannot do.
func unsupported(format string, args ...any) apiError {
	return apiError{space: coral, code: "UnknownOperationException", message: "the embedded sandbox " + fault.New("", format, args...).Message}
}

// call is one request being answered.
type call struct {
	e         *engine
	ctx       context.Context
	w         kind.World
	who       kind.Principal
	operation string
	body      []byte
}

// operations are those that the embedded sandbox carries out.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
var operations = map[string]func(call) (any, error){
	"GetItem": call.getItem, "PutItem": call.putItem, "UpdateItem": call.updateItem, "DeleteItem": call.deleteItem, "Query": call.query, "Scan": call.scan,
	"BatchGetItem": call.batchGet, "BatchWriteItem": call.batchWrite, "TransactGetItems": call.transactGet, "TransactWriteItems": call.transactWrite,
	"DescribeTable": call.describeTable, "DescribeTimeToLive": call.describeTimeToLive, "ListTables": call.listTables,
}

// serve answers the JSON 1.0 protocol.
func (e *engine) serve(ctx context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
	version, operation, _ := strings.Cut(r.Get("X-Amz-Target"), ".")
	run, known := operations[operation]
	switch {
	case version == "DynamoDBStreams_20120810":
		return answer(w, nil, unsupported("does not carry out %s: a table's changes reach the functions that are wired to it", operation))
	case version != "DynamoDB_20120810":
		return answer(w, nil, apiError{space: coral, code: "UnknownOperationException", message: "Operation not found: " + r.Get("X-Amz-Target")})
	case strings.HasSuffix(operation, "Statement") || operation == "ExecuteTransaction":
		return answer(w, nil, unsupported("does not carry out %s: it has no PartiQL; use the operations on items", operation))
	case !known:
		return answer(w, nil, unsupported("does not carry out %s: tables are created and changed by drawing them", operation))
	}
	v, err := run(call{e, ctx, w, r.Principal, operation, r.Body})
	return answer(w, v, err)
}

// answer prints an answer with the checksum that older SDKs compare.
func answer(w kind.World, v any, err error) kind.HTTPResponse {
	status := 200
	if err != nil {
		status, v = problem(err)
	}
	body, err := json.Marshal(v)
	if err != nil {
		return answer(w, nil, fault.Wrap(err, fault.Internal, "print the answer"))
	}
	out := awsapi.Response(w, "1.0", status, body)
	out.Header["X-Amz-Crc32"] = []string{strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10)}
	return out
}

// problem is an error as the API answers it. Most name their text message, and a few Message.
func problem(err error) (status int, body map[string]any) {
	var e apiError
	var v value.Error
	switch {
	case errors.As(err, &e):
	case errors.As(err, &v) && v.Serialization:
		e = apiError{space: coral, code: "SerializationException", message: v.Message}
	case errors.As(err, &v):
		e = invalid("%s", v.Message)
	case fault.CodeOf(err) == fault.Denied:
		e = apiError{space: coral, code: "AccessDeniedException", message: fault.As(err).Message}
	default:
		return 500, map[string]any{"__type": own + "InternalServerError", "message": err.Error()}
	}
	body = map[string]any{"__type": e.space + e.code}
	switch {
	case e.reasons != nil:
		body["Message"], body["CancellationReasons"] = e.message, e.reasons
	case e.space == coral:
		body["Message"] = e.message
	default:
		body["message"] = e.message
	}
	if e.item != nil {
		body["Item"] = e.item
	}
	return 400, body
}

// legacy are the parameters from before expressions, and what has taken their place.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
var legacy = map[string]string{"AttributesToGet": "ProjectionExpression", "AttributeUpdates": "UpdateExpression", "Expected": "ConditionExpression",
	"ConditionalOperator": "the words AND and OR of an expression", "KeyConditions": "KeyConditionExpression", "QueryFilter": "FilterExpression", "ScanFilter": "FilterExpression"}

// read decodes a request; a parameter that is not known here is refused by name, never ignored.
func (c call) read(into any) error {
	err := awsapi.Decode(c.body, into)
	var known value.Error
	var typed *json.UnmarshalTypeError
	var unknown awsapi.Unknown
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.As(err, &typed):
		return value.Error{Message: typed.Field + " has the wrong JSON type: " + typed.Value, Serialization: true}
	case !errors.As(err, &unknown):
		return value.Error{Message: "the request is no JSON: " + err.Error(), Serialization: true}
	}
	if now := legacy[string(unknown)]; now != "" {
		return unsupported("does not know the legacy parameter %q: use %s", string(unknown), now)
	}
	return unsupported("does not know the parameter %q of %s", string(unknown), c.operation)
}
