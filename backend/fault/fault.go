// Package fault is the one way in which Airloom says that something is wrong: an Error that stops an
// operation, or a Finding that accompanies a drawing. Both answer the same four questions for a person:
// what happened, to which node, why, and what to do. It imports nothing of ours.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code is a machine-readable class of errors. Doors map it to exit codes and HTTP statuses.
type Code string

// The closed set of codes.
const (
	Invalid     Code = "invalid"     // the input is wrong; changing it helps
	NotFound    Code = "not_found"   // what was named does not exist
	Conflict    Code = "conflict"    // somebody else changed or holds it
	Denied      Code = "denied"      // not permitted, not consented, or a wrong identity
	Unsupported Code = "unsupported" // known, but this place cannot do it
	Limit       Code = "limit"       // a documented limit would be exceeded
	Unavailable Code = "unavailable" // the outside world did not answer, or a tool is missing
	Canceled    Code = "canceled"    // stopped on request
	Internal    Code = "internal"    // our own mistake
)

// Error is an error that a person can act on.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`         // what happened and why, lower-case, no trailing stop
	Where   string `json:"where,omitempty"` // the node id, the file, the property path it happened to
	Hint    string `json:"hint,omitempty"`  // what to do now
	Cause   error  `json:"-"`
}

// Error implements error: "where: message: cause".
func (e *Error) Error() string {
	var b strings.Builder
	if e.Where != "" {
		b.WriteString(e.Where + ": ")
	}
	b.WriteString(e.Message)
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes an Error with a formatted message.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error that keeps its cause.
func Wrap(cause error, code Code, format string, args ...any) *Error {
	e := New(code, format, args...)
	e.Cause = cause
	return e
}

// At says where it happened (a node id, a file, a property path).
func (e *Error) At(where string) *Error { e.Where = where; return e }

// Try says what to do now.
func (e *Error) Try(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// CodeOf is the code of the first *Error in err's chain, Internal for any other error, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// As gives err as an *Error, wrapping what is not one yet; nil stays nil.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if !errors.As(err, &e) {
		return &Error{Code: Internal, Message: err.Error()}
	}
	if err.Error() == e.Error() { // err adds nothing to what e says (errors.Join of one, for instance)
		return e
	}
	message := err.Error()
	if e.Where != "" {
		message = strings.TrimPrefix(message, e.Where+": ")
	}
	return &Error{Code: e.Code, Message: message, Where: e.Where, Hint: e.Hint}
}
