package dynamodb

import (
	"testing"

	"airloom/backend/internal/sdktest"
)

// albums is an endpoint with the table of albums.
func albums(t *testing.T) sdktest.Endpoint {
	b := newBench(t)
	b.table("Music", music)
	return sdktest.Endpoint{World: b.World, Service: Kind{}.Simulate().Services[0], Caller: b.who}
}

func TestPythonSDK(t *testing.T) {
	albums(t).Python(t, `[None, True, {'x': 'ü'}]
{'more': [None, True, {'x': 'ü'}, 'z'], 'plays': Decimal('3.5')}
[1962, 1961, 1960] 3 3
30
ConditionalCheckFailedException - The conditional request failed
TransactionCanceledException ['ConditionalCheckFailed']
ResourceNotFoundException
2026-03-01T12:00:00 ['music']`)
}

func TestJavaScriptSDK(t *testing.T) {
	albums(t).JavaScript(t, "client-dynamodb", `[null,true,{"x":"ü"}]
{}
3.5 [ 'a', 'b' ]
[ 1962, 1961, 1960 ] 3
26
ConditionalCheckFailedException - The conditional request failed 3.5 
TransactionCanceledException - Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed]  ConditionalCheckFailed
ValidationException - The provided key element does not match the schema  
1
2026-03-01T12:00:00.000Z`)
}
