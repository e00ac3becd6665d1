package endpoint

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
)

// refusal is why a request does not reach its service.
type refusal struct {
	status        int
	code, message string
}

// refuse makes a refusal; what cannot be read or is not known here is the sender's mistake, all else is forbidden.
func refuse(code, format string, args ...any) *refusal {
	status := http.StatusForbidden
	switch code {
	case "IncompleteBody", "XAmzContentSHA256Mismatch":
		status = http.StatusBadRequest
	case "EntityTooLarge", "RequestEntityTooLargeException":
		status = http.StatusRequestEntityTooLarge
	case "NotImplemented", "UnknownService":
		status = http.StatusNotImplemented
	}
	return &refusal{status, code, fmt.Sprintf(format, args...)}
}

// s3Codes are S3's names of what the other services call otherwise.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
var s3Codes = map[string]string{
	"MissingAuthenticationToken": "AccessDenied", "IncompleteSignature": "AuthorizationHeaderMalformed",
	"UnrecognizedClientException": "InvalidAccessKeyId", "RequestExpired": "RequestTimeTooSkewed",
}

// write answers in the shape that the SDK which sent the request reads: the four protocols of AWS's services are told
// apart by the request itself.
func (f *refusal) write(w http.ResponseWriter, r *http.Request, service, id string) {
	body := struct {
		XMLName xml.Name
		Type    string `xml:"Type,omitempty"`
		Code    string `xml:"Code"`
		Message string `xml:"Message"`
	}{xml.Name{Local: "Error"}, "", f.code, f.message}
	h := w.Header()
	h.Set("X-Amzn-Requestid", id)
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		h.Set("Content-Type", "application/x-amz-json-1.1")
		f.json(w, map[string]string{"__type": f.code, "message": f.message})
		return
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		body.Type = "Sender"
		h.Set("Content-Type", "text/xml")
		f.xml(w, struct {
			XMLName   xml.Name `xml:"ErrorResponse"`
			Error     any
			RequestID string `xml:"RequestId"`
		}{Error: body, RequestID: id})
		return
	case service == "s3", service == "":
		if code := s3Codes[f.code]; code != "" {
			body.Code = code
		}
		h.Set("Content-Type", "application/xml")
		h.Set("X-Amz-Request-Id", id)
		f.xml(w, body)
		return
	}
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-Errortype", f.code)
	f.json(w, map[string]string{"message": f.message})
}

// Texts and structures of texts always print.
func (f *refusal) json(w http.ResponseWriter, v any) {
	text, _ := json.Marshal(v)
	w.WriteHeader(f.status)
	_, _ = w.Write(text)
}

func (f *refusal) xml(w http.ResponseWriter, v any) {
	text, _ := xml.Marshal(v)
	w.WriteHeader(f.status)
	_, _ = w.Write(append([]byte(xml.Header), text...))
}
