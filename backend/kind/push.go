package kind

// Sender is who pushes: the service principal and the ARN that the target's permission is narrowed to.
type Sender struct {
	Principal string // "s3.amazonaws.com"
	SourceARN any
	// SourceAccount narrows further where the ARN carries no account (S3).
	SourceAccount any
}

// Endpoint is a target that has admitted a sender.
type Endpoint struct {
	ARN       any
	Protocol  string   // what SNS calls it: lambda, sqs
	DependsOn []string // logical ids of the permissions that must exist before the link
}

// PushSource invokes targets: buckets, topics, rules, buses.
type PushSource interface {
	// Sender must not refer to resources that depend on the target (a bucket's notification does): use names.
	Sender(*Wire) (Sender, error)
	// Notify links the source to the target.
	Notify(*Wire, Endpoint) error
}

// PushTarget admits senders: a Lambda permission, a queue policy, a topic policy. Routes use it too.
type PushTarget interface {
	Admit(*Wire, Sender) (Endpoint, error)
}

var pushProtocol = Protocol{ID: Push, Title: "notifies", Help: "The source invokes the target when something happens: a permission on the target and a link on the source.",
	Join: joinPush, Implements: sides[PushSource, PushTarget]}

func joinPush(w *Wire) error {
	source, ok := w.FromKind.(PushSource)
	if !ok {
		return w.cannot("source", w.FromKind)
	}
	target, ok := w.ToKind.(PushTarget)
	if !ok {
		return w.cannot("target", w.ToKind)
	}
	sender, err := source.Sender(w)
	if err != nil {
		return err
	}
	end, err := target.Admit(w, sender)
	if err != nil {
		return err
	}
	return source.Notify(w, end)
}
