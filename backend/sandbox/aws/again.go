package aws

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"

	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"airloom/backend/fault"
)

const (
	firstPause = time.Second
	longPause  = 15 * time.Second
	patience   = 3 * time.Minute // of one call; watching has no end
)

// again repeats a call while the cloud throttles it or does not answer. Every mutating call that goes through here carries a
// token or names what it makes, so that repeating it never makes two.
func (s *Sandbox) again(ctx context.Context, doing string, call func() error) error {
	pause, waited := firstPause, time.Duration(0)
	for {
		err := call()
		if err == nil || !passing(err) || waited >= patience || ctx.Err() != nil {
			return s.told(doing, err)
		}
		if err := s.sleep(ctx, pause); err != nil {
			return err
		}
		waited += pause
		pause = min(2*pause, longPause)
	}
}

// sleep waits for about d: up to a fifth more.
func (s *Sandbox) sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Canceled, "stopped on request")
	case <-s.deps.After(d + time.Duration(s.deps.Jitter()*float64(d)/5)):
		return nil
	}
}

// codeOf is AWS's own code of an error, "" where it has none.
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func messageOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorMessage()
	}
	return err.Error()
}

func statusOf(err error) int {
	var r *smithyhttp.ResponseError
	if errors.As(err, &r) {
		return r.HTTPStatusCode()
	}
	return 0
}

// passing tells whether a call may succeed when it is repeated.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
func passing(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	if slices.Contains([]string{"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException",
		"RequestLimitExceeded", "BandwidthLimitExceeded", "PriorRequestNotComplete", "SlowDown", "RequestTimeout", "RequestTimeoutException", "InternalFailure",
		"InternalError", "ServiceUnavailable", "OperationInProgressException"}, codeOf(err)) {
		return true
	}
	if status := statusOf(err); status >= 500 || status == http.StatusTooManyRequests {
		return true
	}
	var broken net.Error
	var sending *smithyhttp.RequestSendError
	return errors.As(err, &broken) || errors.As(err, &sending)
}

// signedOut tells whether the credentials are gone or have expired.
func signedOut(err error) bool {
	return slices.Contains([]string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
		"AuthFailure", "InvalidAccessKeyId"}, codeOf(err))
}

// told is an error of the cloud as a person is told it.
func (s *Sandbox) told(doing string, err error) error {
	var done *fault.Error
	var canned *smithy.CanceledError
	var operation *smithy.OperationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &done):
		return err
	case errors.Is(err, context.Canceled), errors.As(err, &canned):
		return fault.Wrap(context.Canceled, fault.Canceled, "%s: stopped on request", doing)
	case signedOut(err):
		return fault.New(fault.Denied, "%s: your sign-in has expired or is not valid (%s)", doing, codeOf(err)).At(s.deps.Name).
			Try("sign in again (`aws sso login`, or new keys in the profile) and repeat: what was begun goes on in the cloud, and is found again")
	case slices.Contains([]string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden"}, codeOf(err)):
		return fault.New(fault.Denied, "%s: %s", doing, messageOf(err)).At(s.deps.Name).Try("ask whoever runs the account for this permission")
	case passing(err):
		return fault.New(fault.Unavailable, "%s: AWS does not answer (%s)", doing, messageOf(err)).At(s.deps.Name).Try("check the network and try again; nothing is done twice")
	case codeOf(err) != "":
		return fault.New(fault.Invalid, "%s: %s", doing, messageOf(err)).At(s.deps.Name)
	case errors.As(err, &operation):
		return fault.New(fault.Denied, "%s: no usable credentials (%s)", doing, operation.Err).At(s.deps.Name).Try("sign in (`aws configure`, `aws sso login`) or choose another profile")
	}
	return fault.Wrap(err, fault.Unavailable, "%s", doing).At(s.deps.Name)
}
