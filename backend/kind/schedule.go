package kind

// ScheduleSource starts targets by the clock, with a role of its own that holds the target's grant.
type ScheduleSource interface{ Start(*Wire, Grant) error }

var scheduleProtocol = Protocol{ID: Schedule, Title: "starts", Help: "The clock starts the target: a schedule with a role that may do just that.",
	Join: joinSchedule, Implements: sides[ScheduleSource, CallTarget]}

func joinSchedule(w *Wire) error {
	source, ok := w.FromKind.(ScheduleSource)
	if !ok {
		return w.cannot("source", w.FromKind)
	}
	target, ok := w.ToKind.(CallTarget)
	if !ok {
		return w.cannot("target", w.ToKind)
	}
	g, err := target.Grant(w)
	if err != nil {
		return err
	}
	return source.Start(w, g)
}
