package httpapi

import (
	"strconv"
	"strings"

	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// options is the method of a preflight request.
const options = "OPTIONS"

// preflight answers a browser's question whether a page may call; the answer comes from API Gateway, whatever the routes are.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
func preflight(cors map[string]any, r kind.HTTPRequest) (kind.HTTPResponse, bool) {
	if cors == nil || r.Method != options || r.Get("Origin") == "" || r.Get("Access-Control-Request-Method") == "" {
		return kind.HTTPResponse{}, false
	}
	out := kind.HTTPResponse{Status: 204, Header: map[string][]string{}}
	if !share(cors, r.Get("Origin"), out.Header) {
		return out, true
	}
	for header, property := range map[string]string{"Access-Control-Allow-Methods": "AllowMethods", "Access-Control-Allow-Headers": "AllowHeaders"} {
		if names := textsOf(cors[property]); len(names) > 0 {
			out.Header[header] = []string{strings.Join(names, ",")}
		}
	}
	if age, ok := number(cors["MaxAge"]); ok {
		out.Header["Access-Control-Max-Age"] = []string{strconv.Itoa(int(age))}
	}
	return out, true
}

// share puts the headers of a configured API onto an answer, in place of the function's own, and tells whether the origin is
// admitted.
func share(cors map[string]any, origin string, header map[string][]string) bool {
	if cors == nil {
		return false
	}
	for name := range header {
		if strings.HasPrefix(name, "Access-Control-") {
			delete(header, name)
		}
	}
	if origin == "" {
		return false
	}
	for _, allowed := range textsOf(cors["AllowOrigins"]) {
		if !kind.AdmitsOrigin(allowed, origin) {
			continue
		}
		header["Access-Control-Allow-Origin"] = []string{origin}
		if allowed == "*" {
			header["Access-Control-Allow-Origin"] = []string{"*"}
		}
		if property.Flag(cors, "AllowCredentials") {
			header["Access-Control-Allow-Credentials"] = []string{"true"}
		}
		if names := textsOf(cors["ExposeHeaders"]); len(names) > 0 {
			header["Access-Control-Expose-Headers"] = []string{strings.Join(names, ",")}
		}
		return true
	}
	return false
}
