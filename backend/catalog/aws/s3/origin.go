package s3

import (
	"slices"
	"strconv"
	"strings"

	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// corsRule finds the bucket's first rule that admits an origin and a method, and the origin as the answer names it.
func (r *request) corsRule(method string, headers []string) (rule map[string]any, allowed string) {
	origin := r.Get("Origin")
	c, _ := r.in.Properties["CorsConfiguration"].(map[string]any)
	list, _ := c["CorsRules"].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		if origin == "" || !slices.Contains(property.Texts(m["AllowedMethods"]), method) {
			continue
		}
		admitted := slices.IndexFunc(property.Texts(m["AllowedOrigins"]), func(o string) bool { return kind.AdmitsOrigin(o, origin) })
		if admitted < 0 || slices.ContainsFunc(headers, func(h string) bool { return !admitsHeader(property.Texts(m["AllowedHeaders"]), h) }) {
			continue
		}
		if property.Texts(m["AllowedOrigins"])[admitted] == "*" {
			return m, "*"
		}
		return m, origin
	}
	return nil, ""
}

func admitsHeader(allowed []string, header string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		before, after, wild := strings.Cut(strings.ToLower(a), "*")
		if !wild {
			return strings.EqualFold(a, header)
		}
		return len(header) >= len(before)+len(after) && strings.HasPrefix(strings.ToLower(header), before) && strings.HasSuffix(strings.ToLower(header), after)
	})
}

// allowOrigin are the headers that let a page read an answer.
func (r *request) allowOrigin() map[string]string {
	method, headers := r.Method, []string(nil)
	if method == options {
		method, headers = r.Get("Access-Control-Request-Method"), items(r.Get("Access-Control-Request-Headers"))
	}
	rule, origin := r.corsRule(method, headers)
	if rule == nil {
		return nil
	}
	h := map[string]string{"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Methods": strings.Join(property.Texts(rule["AllowedMethods"]), ", "),
		"Vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"}
	if origin != "*" {
		h["Access-Control-Allow-Credentials"] = "true"
	}
	if exposed := property.Texts(rule["ExposedHeaders"]); len(exposed) > 0 {
		h["Access-Control-Expose-Headers"] = strings.Join(exposed, ", ")
	}
	if len(headers) > 0 {
		h["Access-Control-Allow-Headers"] = strings.ToLower(strings.Join(headers, ", "))
	}
	if r.Method == options && rule["MaxAge"] != nil {
		h["Access-Control-Max-Age"] = strconv.FormatInt(number(rule["MaxAge"]), 10)
	}
	return h
}

// preflight answers a browser that asks before it sends.
func (r *request) preflight() (answer, error) {
	if rule, _ := r.corsRule(r.Get("Access-Control-Request-Method"), items(r.Get("Access-Control-Request-Headers"))); rule == nil {
		return answer{}, fail(403, "AccessForbidden", "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.")
	}
	return answer{}, nil
}
