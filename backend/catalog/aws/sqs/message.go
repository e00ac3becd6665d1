package sqs

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// message is what a queue keeps about a message beside its content. Times are Unix milliseconds.
type message struct {
	ID       string
	Sender   string
	Sent     int64
	First    int64  `json:",omitempty"` // first receive
	Receives int    `json:",omitempty"`
	Handle   string `json:",omitempty"` // the random part of the newest receipt handle
	Group    string `json:",omitempty"`
	Dedup    string `json:",omitempty"`
	Sequence string `json:",omitempty"`
	Source   string `json:",omitempty"` // the queue it was moved from as a dead letter
	Trace    string `json:",omitempty"` // AWSTraceHeader
	BodyMD5  string
	AttrMD5  string `json:",omitempty"`

	visible int64  // when it can be received
	slot    string // its place in the queue
}

// content is the other half of a message; it is read only when the message is given out.
type content struct {
	Body       string
	Attributes map[string]attribute `json:",omitempty"`
}

// attribute is a message attribute as the API has it.
type attribute struct {
	DataType    string
	StringValue *string `json:",omitempty"`
	BinaryValue []byte  `json:",omitempty"`
}

// encode puts first what a scan looks at: when the message becomes visible, and whether it has been received.
func (m message) encode() ([]byte, error) {
	text, err := json.Marshal(m)
	head := binary.BigEndian.AppendUint64(nil, uint64(m.visible))
	if m.Receives > 0 {
		head = append(head, 1)
	} else {
		head = append(head, 0)
	}
	return append(head, text...), err
}

func peek(value []byte) (visible int64, received bool) {
	return int64(binary.BigEndian.Uint64(value)), value[8] == 1
}

func decode(slot string, value []byte) (message, error) {
	var m message
	err := json.Unmarshal(value[9:], &m)
	m.visible, _ = peek(value)
	m.slot = slot
	return m, err
}

// receipt is an opaque handle that names the queue, the place and this receive.
func receipt(arn string, m message) string {
	return base64.StdEncoding.EncodeToString([]byte(arn + "\x00" + m.slot + "\x00" + m.Handle))
}

// unseal reads a receipt handle; ok is false for what is none of this queue.
func unseal(arn, handle string) (slot, nonce string, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(handle)
	parts := strings.Split(string(raw), "\x00")
	if err != nil || len(parts) != 3 || parts[0] != arn {
		return "", "", false
	}
	return parts[1], parts[2], true
}

func md5Of(text string) string { s := md5.Sum([]byte(text)); return hex.EncodeToString(s[:]) }

// md5OfAttributes is the digest that SDKs check.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
func md5OfAttributes(attributes map[string]attribute) string {
	if len(attributes) == 0 {
		return ""
	}
	h := md5.New()
	put := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
		h.Write(b)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		put([]byte(name))
		put([]byte(a.DataType))
		if a.StringValue != nil {
			h.Write([]byte{1})
			put([]byte(*a.StringValue))
		} else {
			h.Write([]byte{2})
			put(a.BinaryValue)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// size is what counts towards the size limit: the body, and names, types and values of attributes.
func (c content) size() int {
	n := len(c.Body)
	for name, a := range c.Attributes {
		n += len(name) + len(a.DataType) + len(a.BinaryValue)
		if a.StringValue != nil {
			n += len(*a.StringValue)
		}
	}
	return n
}

// legal tells whether a text has only the characters that SQS takes.
func legal(text string) bool {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				return false
			}
		}
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}
