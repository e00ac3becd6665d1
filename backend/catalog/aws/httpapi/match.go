package httpapi

import (
	"cmp"
	"slices"
	"strings"

	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// route is a route that takes a request.
type route struct {
	in     kind.Instance
	key    string
	method string            // "" for $default
	path   string            // with its variables, as in the key
	params map[string]string // what the variables stand for, nil where there are none
	rank   []byte            // how exact each segment matches: fixed text before variable before rest
}

const (
	fixed byte = iota
	variable
	rest
)

// match selects the route of a request: an exact path before a variable in it, both before a greedy variable, $default at
// last; of equal paths the named method before ANY.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
func match(routes []kind.Instance, api, method, path string) (route, bool) {
	var best route
	found := false
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for _, in := range routes {
		if property.Text(in.Properties, "ApiId") != api {
			continue
		}
		r, ok := takes(in, method, segments)
		if ok && (!found || before(r, best)) {
			best, found = r, true
		}
	}
	return best, found
}

func takes(in kind.Instance, method string, segments []string) (route, bool) {
	r := route{in: in, key: property.Text(in.Properties, "RouteKey")}
	if r.key == defaultRoute {
		return r, true
	}
	r.method, r.path, _ = strings.Cut(r.key, " ")
	if r.method != "ANY" && r.method != method {
		return r, false
	}
	pattern := strings.Split(strings.TrimPrefix(r.path, "/"), "/")
	for i, p := range pattern {
		if i >= len(segments) {
			return r, false
		}
		name, isVariable := strings.CutPrefix(p, "{")
		name = strings.TrimSuffix(name, "}")
		greedy, isGreedy := strings.CutSuffix(name, "+")
		switch {
		case isVariable && isGreedy && i == len(pattern)-1:
			value := strings.Join(segments[i:], "/")
			r.set(greedy, value)
			r.rank = append(r.rank, rest)
			return r, value != ""
		case isVariable && segments[i] != "":
			r.set(name, segments[i])
			r.rank = append(r.rank, variable)
		case !isVariable && p == segments[i]:
			r.rank = append(r.rank, fixed)
		default:
			return r, false
		}
	}
	return r, len(pattern) == len(segments)
}

func (r *route) set(name, value string) {
	if r.params == nil {
		r.params = map[string]string{}
	}
	r.params[name] = value
}

// before tells whether a is the more exact of two routes that both take the request.
func before(a, b route) bool {
	if (a.rank == nil) != (b.rank == nil) { // $default has no path
		return b.rank == nil
	}
	if greedyA, greedyB := slices.Contains(a.rank, rest), slices.Contains(b.rank, rest); greedyA != greedyB {
		return greedyB
	}
	return cmp.Or(slices.Compare(a.rank, b.rank), anyLast(a)-anyLast(b)) < 0
}

func anyLast(r route) int {
	if r.method == "ANY" {
		return 1
	}
	return 0
}
