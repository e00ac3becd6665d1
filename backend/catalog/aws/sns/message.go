package sns

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// message is a published message.
type message struct {
	ID         string
	Subject    string
	Body       string
	PerTarget  map[string]string // bodies by protocol, where the message has several
	Attributes map[string]attribute
	Group      string
	Dedup      string
	Sequence   string
	At         time.Time
}

// attribute is a message attribute; Value is base64 where the type is binary.
type attribute struct {
	Type  string
	Value string
}

// largest is the most bytes of a message with its attributes.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
const largest = 256 << 10

// base is the type without the label that a program may give it: "Number.int" is a Number.
func base(dataType string) string { b, _, _ := strings.Cut(dataType, "."); return b }

func (m message) size() int {
	n := len(m.Body)
	for name, a := range m.Attributes {
		n += len(name) + len(a.Type) + len(a.Value)
	}
	return n
}

// split reads a message that is a JSON object of bodies by protocol.
// https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
func (m *message) split(structure string) error {
	switch {
	case structure == "":
		return nil
	case structure != "json":
		return invalid("MessageStructure", "JSON is the only valid message structure")
	}
	var all map[string]any
	if json.Unmarshal([]byte(m.Body), &all) != nil {
		return invalid("Message Structure", "JSON message body failed to parse")
	}
	fallback, ok := all["default"].(string)
	if !ok {
		return invalid("Message Structure", "No default entry in JSON message body")
	}
	m.Body, m.PerTarget = fallback, map[string]string{}
	for protocol, v := range all {
		if text, ok := v.(string); ok {
			m.PerTarget[protocol] = text
		}
	}
	return nil
}

// bodyFor is the body for a protocol.
func (m message) bodyFor(protocol string) string {
	if text, ok := m.PerTarget[protocol]; ok {
		return text
	}
	return m.Body
}

// check refuses what SNS refuses, with its messages.
func (m message) check(t topic) error {
	switch {
	case m.Body == "":
		return invalid("Message", "Empty message")
	case !utf8.ValidString(m.Body):
		return invalid("Message", "Message contains invalid characters")
	case m.size() > largest:
		return invalid("Message", "Message too long")
	case len(m.Subject) > 100 || strings.IndexFunc(m.Subject, func(r rune) bool { return r < ' ' || r == 0x7f }) >= 0:
		return invalid("Subject", "Subject must be at most 100 characters without line breaks and control characters")
	case t.fifo && m.Group == "":
		return invalid("MessageGroupId", "The MessageGroupId parameter is required for FIFO topics")
	case t.fifo && m.Dedup == "" && !t.contentDeduplication:
		return invalid("MessageDeduplicationId", "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")
	case !t.fifo && m.Dedup != "":
		return invalid("MessageDeduplicationId", "The request includes MessageDeduplicationId parameter that is not valid for this topic type")
	}
	for name, id := range map[string]string{"MessageGroupId": m.Group, "MessageDeduplicationId": m.Dedup} {
		if len(id) > 128 || strings.IndexFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
			return invalid(name, "%s can only include alphanumeric and punctuation characters, 128 at most", name)
		}
	}
	for name, a := range m.Attributes {
		if err := a.check(name); err != nil {
			return err
		}
	}
	return nil
}

// https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
func (a attribute) check(name string) error {
	lower := strings.ToLower(name)
	bad := strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz0123456789_-.") != "" || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, "..")
	switch b := base(a.Type); {
	case name == "" || len(name) > 256 || bad || strings.HasPrefix(lower, "aws.") || strings.HasPrefix(lower, "amazon."):
		return invalidValue("The message attribute name '%s' is invalid", name)
	case b != "String" && b != "Number" && b != "Binary":
		return invalidValue("The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", name)
	case a.Value == "":
		return invalidValue("The message attribute '%s' must contain non-empty message attribute value for message attribute type '%s'.", name, a.Type)
	case b == "Number" && !numeric(a.Value):
		return invalidValue("Could not cast message attribute '%s' value to number.", name)
	case a.Type == "String.Array" && json.Unmarshal([]byte(a.Value), new([]any)) != nil:
		return invalidValue("Invalid value for message attribute '%s': a String.Array is a JSON list", name)
	case b == "Binary":
		if _, err := base64.StdEncoding.DecodeString(a.Value); err != nil {
			return invalidValue("The message attribute '%s' is no valid base64", name)
		}
	}
	return nil
}

func numeric(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && json.Valid([]byte(text))
}

func (m message) time() string { return m.At.UTC().Format("2006-01-02T15:04:05.000Z") }

// attributesOf are the attributes as envelopes have them.
func attributesOf(m message) map[string]any {
	out := map[string]any{}
	for name, a := range m.Attributes {
		out[name] = map[string]any{"Type": a.Type, "Value": a.Value}
	}
	return out
}

// envelope is what a queue gets that does not take messages raw. Nothing signs it here.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
type envelope struct {
	Type             string
	MessageID        string `json:"MessageId"`
	SequenceNumber   string `json:",omitempty"`
	TopicArn         string
	Subject          string `json:",omitempty"`
	Message          string
	Timestamp        string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
	UnsubscribeURL   string
	Attributes       map[string]any `json:"MessageAttributes,omitempty"`
}

func (m message) envelope(s subscriber, endpoint string) ([]byte, error) {
	return json.Marshal(envelope{Type: "Notification", MessageID: m.ID, SequenceNumber: m.Sequence, TopicArn: s.topic, Subject: m.Subject, Message: m.bodyFor(s.protocol),
		Timestamp: m.time(), SignatureVersion: "1", UnsubscribeURL: unsubscribe(endpoint, s), Attributes: attributesOf(m)})
}

// event is what a function gets.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
func (m message) event(s subscriber, endpoint string) ([]byte, error) {
	var subject any
	if m.Subject != "" {
		subject = m.Subject
	}
	return json.Marshal(map[string]any{"Records": []any{map[string]any{
		"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": s.arn,
		"Sns": map[string]any{"Type": "Notification", "MessageId": m.ID, "TopicArn": s.topic, "Subject": subject, "Message": m.bodyFor(s.protocol), "Timestamp": m.time(),
			"SignatureVersion": "1", "Signature": "", "SigningCertUrl": "", "UnsubscribeUrl": unsubscribe(endpoint, s), "MessageAttributes": attributesOf(m)}}}})
}

func unsubscribe(endpoint string, s subscriber) string {
	return fmt.Sprintf("%s/?Action=Unsubscribe&SubscriptionArn=%s", endpoint, s.arn)
}
