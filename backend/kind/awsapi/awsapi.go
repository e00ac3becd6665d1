// Package awsapi is how the simulated APIs of AWS speak: the JSON protocol, and the older query protocol. What an API does is
// its kind's.
package awsapi

import (
	"cmp"
	"errors"
	"fmt"

	"airloom/backend/fault"
)

// Error is an error answer. Status 0 is 400.
type Error struct {
	Status        int
	Code, Message string
}

func (e Error) Error() string { return e.Message }

// Errorf makes an error answer with a formatted message.
func Errorf(code, format string, args ...any) Error {
	return Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// errorOf is an error as an API answers it: its own, one of a missing permission, or our own mistake.
func errorOf(err error, denied Error, internal string) Error {
	var e Error
	switch {
	case errors.As(err, &e):
		e.Status = cmp.Or(e.Status, 400)
		return e
	case fault.CodeOf(err) == fault.Denied:
		denied.Message = fault.As(err).Message
		return denied
	}
	return Error{500, internal, err.Error()}
}

// side is who is to blame for an error.
func (e Error) side() string {
	if e.Status >= 500 {
		return "Receiver"
	}
	return "Sender"
}
