package kind

// Stream is a source that Lambda reads through an event source mapping.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
type Stream struct {
	ARN        any
	Statements []Statement    // what the reader's role needs
	Properties map[string]any // of the mapping: BatchSize, StartingPosition, FunctionResponseTypes …
}

// PollSource is read by mappings: queues and streams.
type PollSource interface{ Stream(*Wire) (Stream, error) }

// PollTarget reads: it adds the mapping.
type PollTarget interface{ Consume(*Wire, Stream) error }

var pollProtocol = Protocol{ID: Poll, Title: "feeds", Help: "Lambda reads the source in batches and invokes the target: an event source mapping and a statement in the target's role.",
	Join: joinPoll, Implements: sides[PollSource, PollTarget]}

func joinPoll(w *Wire) error {
	source, ok := w.FromKind.(PollSource)
	if !ok {
		return w.cannot("source", w.FromKind)
	}
	target, ok := w.ToKind.(PollTarget)
	if !ok {
		return w.cannot("target", w.ToKind)
	}
	s, err := source.Stream(w)
	if err != nil {
		return err
	}
	return target.Consume(w, s)
}
