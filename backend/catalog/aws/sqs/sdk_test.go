package sqs

import (
	"testing"

	"airloom/backend/internal/sdktest"
)

// queues is an endpoint with a standard and a FIFO queue.
func queues(t *testing.T) sdktest.Endpoint {
	d := newDesk(t)
	d.queue("Plain", fields{"QueueName": "plain"})
	d.queue("Ordered", fields{"QueueName": "ordered.fifo", "FifoQueue": true, "ContentBasedDeduplication": true})
	return sdktest.Endpoint{World: d.World, Service: d.sim.Services[0], Caller: caller}
}

func TestPythonSDK(t *testing.T) {
	queues(t).Python(t, `ü b'\x01\x02' 1 True
False {'ApproximateNumberOfMessages': '0'}
3
['0', '1', '2']
AWS.SimpleQueueService.NonExistentQueue True`)
}

func TestJavaScriptSDK(t *testing.T) {
	queues(t).JavaScript(t, "client-sqs", `ü b c true v 1772366400000
3 undefined
QueueDoesNotExist The specified queue does not exist.`)
}
