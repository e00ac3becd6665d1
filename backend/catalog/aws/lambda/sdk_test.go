package lambda

import (
	"testing"

	"airloom/backend/fault"
	"airloom/backend/internal/sdktest"
)

func TestPythonSDK(t *testing.T) {
	st := newStage(t, nil)
	st.script(answer{payload: `{"sum":2}`}, broken, answer{err: fault.Wrap(errorText("TooManyRequestsException: ConcurrentInvocationLimitExceeded"), fault.Limit, "busy")})
	sdktest.Endpoint{World: st.World, Service: st.sim.Services[0], Caller: caller}.Python(t, `200 $LATEST {'sum': 2} None True
Unhandled no
202 204
['worker']
429 TooManyRequestsException Rate Exceeded.
404 ResourceNotFoundException Function not found: arn:aws:la
400 InvalidParameterValueException the embedded sandbox does not`)
}
