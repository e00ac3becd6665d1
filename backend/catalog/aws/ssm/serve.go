package ssm

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

// target begins the names of the API's operations.
const target = "AmazonSSM."

// api refuses what is not done here as an operation that it does not know.
var api = awsapi.JSON{Version: "1.1", Refusal: "UnknownOperationException", Internal: "InternalServerError"}

// call is one request being answered.
type call struct {
	w         kind.World
	who       kind.Principal
	operation string
	body      []byte
}

// operations are those that the embedded sandbox carries out.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html
var operations = map[string]func(call) (any, error){"GetParameter": call.get, "GetParameters": call.getMany, "PutParameter": call.put}

// serve answers the JSON 1.1 protocol.
func serve(_ context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
	operation := strings.TrimPrefix(r.Get("X-Amz-Target"), target)
	run, known := operations[operation]
	if !known {
		return api.Answer(w, nil, api.Refuse("does not carry out %s", operation))
	}
	v, err := run(call{w, r.Principal, operation, r.Body})
	return api.Answer(w, v, err)
}

func (c call) read(into any) error { return api.Read(c.operation, c.body, into) }

// value is a parameter as the API gives it.
type value struct {
	Name, Type, Value string
	Version           int
	Selector          string `json:",omitempty"`
	LastModifiedDate  float64
	ARN               string
	DataType          string
}

// one reads the version of a parameter that a name means (its name or ARN, with ":3" for a version), if the caller may.
func (c call) one(asked string) (value, error) {
	name, isARN := asked, false
	if part := strings.SplitN(asked, ":", 6); len(part) == 6 && part[0] == "arn" {
		name, isARN = strings.TrimPrefix(part[5], "parameter/"), true
	}
	name, selector, _ := strings.Cut(name, ":")
	if err := c.w.Allow(kind.Access{Principal: c.who, Action: "ssm:" + c.operation, Resource: arnOf(c.w, name)}); err != nil {
		return value{}, err
	}
	var p *parameter
	if err := c.w.State(space).View(func(tx kind.Tx) (err error) {
		if p, err = load(tx, name); p == nil && err == nil && isARN {
			p, err = load(tx, "/"+name) // an ARN does not tell whether the name is a path
		}
		return err
	}); err != nil {
		return value{}, err
	}
	if p == nil {
		return value{}, awsapi.Error{Code: "ParameterNotFound"} // AWS says no more either
	}
	number := p.last()
	if selector != "" {
		var err error
		if number, err = strconv.Atoi(selector); err != nil {
			return value{}, api.Refuse("has no labels: %s", asked)
		}
		if number < p.First || number > p.last() {
			return value{}, awsapi.Errorf("ParameterVersionNotFound", "Systems Manager could not find version %s of %s. Verify the version and try again.", selector, name)
		}
		selector = ":" + selector
	}
	v := p.Versions[number-p.First]
	return value{p.Name, p.Type, v.Value, number, selector, float64(v.At.UnixMilli()) / 1000, p.ARN, "text"}, nil
}

func (c call) get() (any, error) {
	var r struct {
		Name           string
		WithDecryption bool // changes nothing for what is not encrypted
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	v, err := c.one(r.Name)
	return map[string]any{"Parameter": v}, err
}

// getMany tells names that mean nothing apart from the others.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
func (c call) getMany() (any, error) {
	var r struct {
		Names          []string
		WithDecryption bool
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	if len(r.Names) < 1 || len(r.Names) > 10 {
		return nil, awsapi.Errorf("ValidationException", "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and 10")
	}
	out := struct {
		Parameters        []value
		InvalidParameters []string
	}{[]value{}, []string{}}
	for _, name := range r.Names {
		v, err := c.one(name)
		var e awsapi.Error
		switch {
		case err == nil:
			out.Parameters = append(out.Parameters, v)
		case errors.As(err, &e) && (e.Code == "ParameterNotFound" || e.Code == "ParameterVersionNotFound"):
			out.InvalidParameters = append(out.InvalidParameters, name)
		default:
			return nil, err
		}
	}
	return out, nil
}

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
func (c call) put() (any, error) {
	var r struct {
		Name, Value, Type string
		Overwrite         bool
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	if err := c.w.Allow(kind.Access{Principal: c.who, Action: "ssm:PutParameter", Resource: arnOf(c.w, r.Name)}); err != nil {
		return nil, err
	}
	var out map[string]any
	err := c.w.State(space).Update(func(tx kind.Tx) error {
		p, err := load(tx, r.Name)
		switch {
		case err != nil:
			return err
		case p == nil:
			return api.Refuse("does not create parameters on request: draw %s", r.Name)
		case !r.Overwrite:
			return awsapi.Errorf("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
		case r.Type != "" && r.Type != p.Type:
			return api.Refuse("does not change the type of %s", r.Name)
		}
		if err := p.put(r.Value, c.w.Now()); err != nil {
			return err
		}
		out = map[string]any{"Version": p.last(), "Tier": p.Tier}
		return p.save(tx)
	})
	return out, err
}
