package ssm

import (
	"testing"

	"airloom/backend/internal/sdktest"
)

// limit is an endpoint with the parameter of the other tests.
func limit(t *testing.T) sdktest.Endpoint {
	return sdktest.Endpoint{World: newBench(t).World, Service: Kind{}.Simulate().Services[0]}
}

func TestPythonSDK(t *testing.T) {
	limit(t).Python(t, `ParameterNotFound
2
/shop/limit 70 2 2026-03-01 arn:aws:ssm:us-east-1:000000000000:parameter/shop/limit
['60', '70'] ['/shop/none']`)
}

func TestJavaScriptSDK(t *testing.T) {
	limit(t).JavaScript(t, "client-ssm", `ParameterPatternMismatchException - Parameter value, many, cannot be validated against allowedPattern: \d+
60 String 2026-03-01T12:00:00.000Z`)
}
