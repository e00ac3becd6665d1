package web

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"airloom/backend/fault"
)

// operation mounts one use case as POST /rpc/name: a JSON object in, a JSON value out, a fault.Error on failure.
func operation[In, Out any](api huma.API, name, summary string, run func(context.Context, In) (Out, error)) {
	type input struct{ Body In }
	type output struct{ Body Out }
	refused := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[wireFault](), true, "Fault")
	huma.Register(api, huma.Operation{
		OperationID: name, Method: http.MethodPost, Path: "/rpc/" + name, Summary: summary,
		MaxBodyBytes: 16 << 20,
		Responses: map[string]*huma.Response{"default": {Description: "A fault",
			Content: map[string]*huma.MediaType{"application/json": {Schema: refused}}}},
	}, func(ctx context.Context, in *input) (*output, error) {
		out, err := run(ctx, in.Body)
		if err != nil {
			return nil, &failure{fault.As(err)}
		}
		return &output{out}, nil
	})
}

// failure is a fault as huma's error: its status follows from the code, its body is the fault itself.
type failure struct{ fault *fault.Error }

func (f *failure) Error() string                { return f.fault.Error() }
func (f *failure) GetStatus() int               { return status(f.fault.Code) }
func (f *failure) MarshalJSON() ([]byte, error) { return json.Marshal(body(f.fault)) }
func (f *failure) ContentType(string) string    { return "application/json" }

// wireFault is a fault as the page gets it: the cause folded into the message.
type wireFault struct {
	Code    fault.Code `json:"code" enum:"invalid,not_found,conflict,denied,unsupported,limit,unavailable,canceled,internal"`
	Message string     `json:"message"`
	Where   string     `json:"where,omitempty"`
	Hint    string     `json:"hint,omitempty"`
}

func body(f *fault.Error) wireFault {
	m := f.Message
	if f.Cause != nil {
		m += ": " + f.Cause.Error()
	}
	return wireFault{f.Code, m, f.Where, f.Hint}
}

func status(c fault.Code) int {
	switch c {
	case fault.Invalid, fault.Limit:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Denied:
		return http.StatusForbidden
	case fault.Unsupported:
		return http.StatusNotImplemented
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Canceled:
		return 499
	}
	return http.StatusInternalServerError
}

func writeFault(w http.ResponseWriter, f *fault.Error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status(f.Code))
	_ = json.NewEncoder(w).Encode(body(f))
}

// faults turns huma's own validation errors into the same shape.
func faults(_ huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	m := e.Detail
	for _, d := range e.Errors {
		m += "; " + d.Error()
	}
	return wireFault{Code: fault.Invalid, Message: m}, nil
}
