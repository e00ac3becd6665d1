package secretsmanager

import (
	"testing"

	"airloom/backend/internal/sdktest"
)

// empty is an endpoint with a secret that has no value yet.
func empty(t *testing.T) (e sdktest.Endpoint, arn string) {
	b := newBench(t)
	return sdktest.Endpoint{World: b.World, Service: Kind{}.Simulate().Services[0]}, b.secret(`{"Name":"shop/key"}`).ARN
}

func TestPythonSDK(t *testing.T) {
	e, arn := empty(t)
	e.Python(t, `Secrets Manager can't find the specified secret value for staging label: AWSCURRENT
['AWSCURRENT']
['AWSCURRENT']
two one
b'\x00\x01'
shop/key [['AWSCURRENT'], ['AWSPREVIOUS']] 2026-03-01 2026-03-01
40 ['shop/key']`, arn)
}

func TestJavaScriptSDK(t *testing.T) {
	e, arn := empty(t)
	e.JavaScript(t, "client-secrets-manager", `ResourceNotFoundException - Secrets Manager can't find the specified secret value for staging label: AWSCURRENT
ü shop/key [ 'AWSCURRENT' ] 2026-03-01T12:00:00.000Z`, arn)
}
