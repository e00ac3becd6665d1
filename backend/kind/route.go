package kind

// RouteSource answers requests with targets: HTTP and REST APIs. The target is a PushTarget, since a route needs the same
// permission on it.
type RouteSource interface {
	RouteSender(*Wire) (Sender, error)
	Route(*Wire, Endpoint) error
}

var routeProtocol = Protocol{ID: Route, Title: "routes to", Help: "A request that matches the route is answered by the target: route, integration and permission.",
	Join: joinRoute, Implements: sides[RouteSource, PushTarget]}

func joinRoute(w *Wire) error {
	source, ok := w.FromKind.(RouteSource)
	if !ok {
		return w.cannot("source", w.FromKind)
	}
	target, ok := w.ToKind.(PushTarget)
	if !ok {
		return w.cannot("target", w.ToKind)
	}
	sender, err := source.RouteSender(w)
	if err != nil {
		return err
	}
	end, err := target.Admit(w, sender)
	if err != nil {
		return err
	}
	return source.Route(w, end)
}
