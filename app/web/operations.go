package web

import (
	"context"
	"net/url"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"airloom/app"
	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// ops are the operations of the page, one method each, in the order of the table below.
type ops struct{ Options }

type none struct{}

// register is the table of all operations.
func register(api huma.API, o *ops) {
	operation(api, "start", "What the start screen shows, and the open project", o.start)
	operation(api, "catalog", "All kinds and protocols", o.catalog)
	operation(api, "open", "Open a project", o.open)
	operation(api, "create", "Make a project, from a sample or empty", o.create)
	operation(api, "close", "Close the project", o.close)
	operation(api, "choose", "Show a native dialog for a path", o.choose)
	operation(api, "outside", "What changed in the text snapshot", o.outside)
	operation(api, "edit", "Commit a change of the drawing", o.edit)
	operation(api, "undo", "Reverse the newest change", o.undo)
	operation(api, "redo", "Apply again what was undone", o.redo)
	operation(api, "takein", "Take in or drop what changed outside", o.takeIn)
	operation(api, "layout", "The moves that tidy the drawing", o.layout)
	operation(api, "history", "The versions of the drawing, newest first", o.history)
	operation(api, "compare", "What changed between two versions", o.compare)
	operation(api, "version", "Give a version a name", o.version)
	operation(api, "restore", "Make the drawing what it was at a version, as a new change", o.restore)
	operation(api, "copy", "Copy the project under another name and identity", o.copy)
	operation(api, "template", "The generated template", o.template)
	operation(api, "delta", "What a node or a wire adds to the template", o.delta)
	operation(api, "sandboxes", "The project's sandboxes", o.sandboxes)
	operation(api, "plan", "What a deployment would change", o.plan)
	operation(api, "deploy", "Apply a plan, as a job", o.deploy)
	operation(api, "destroy", "Take down what is deployed, as a job", o.destroy)
	operation(api, "cancel", "Ask a job to stop", o.cancel)
	operation(api, "job", "Replay a job", o.job)
	operation(api, "deployment", "What is deployed", o.deployment)
	operation(api, "call", "Send a payload to a deployed node", o.call)
	operation(api, "logs", "Past log lines", o.logs)
	operation(api, "follow", "Tell log lines as they come", o.follow)
	operation(api, "code", "A function's source files", o.code)
	operation(api, "reveal", "Show a function's source folder in the system's file manager", o.reveal)
	operation(api, "export", "The drawing in another form", o.export)
	operation(api, "save", "Write the drawing in another form where a native dialog says", o.save)
	operation(api, "external", "Open an address in the person's browser", o.external)
}

type startOut struct {
	Version string       `json:"version"`
	Window  bool         `json:"window"`
	Recent  []app.Recent `json:"recent"`
	Samples []app.Sample `json:"samples"`
	Folder  string       `json:"folder"`
	Project *app.Opened  `json:"project"`
}

func (o *ops) start(ctx context.Context, _ none) (startOut, error) {
	samples, err := o.App.Samples()
	if err != nil {
		return startOut{}, err
	}
	out := startOut{Version: o.App.Version(), Window: o.Dialogs != nil, Recent: o.App.Recent(), Samples: samples, Folder: o.Folder}
	if s, err := o.App.Session(); err == nil {
		opened, err := s.Opened(ctx)
		if err != nil {
			return startOut{}, err
		}
		out.Project = &opened
	}
	return out, nil
}

type catalogOut struct {
	Kinds     []kind.Spec     `json:"kinds"`
	Protocols []kind.Protocol `json:"protocols"`
}

// catalog gives lists where kinds have none: the page goes through them without asking.
func (o *ops) catalog(context.Context, none) (catalogOut, error) {
	out := catalogOut{Kinds: []kind.Spec{}, Protocols: kind.Protocols()}
	for _, k := range o.App.Shelf() {
		sp := k.Spec()
		sp.Fields = append([]kind.Field{}, sp.Fields...)
		sp.Ports = append([]kind.Port{}, sp.Ports...)
		for i := range sp.Ports {
			sp.Ports[i].Speaks = append([]kind.Speak{}, sp.Ports[i].Speaks...)
		}
		out.Kinds = append(out.Kinds, sp)
	}
	return out, nil
}

type pathIn struct {
	Path string `json:"path"`
}

func (o *ops) open(ctx context.Context, in pathIn) (app.Opened, error) {
	s, err := o.App.Open(ctx, in.Path)
	if err != nil {
		return app.Opened{}, err
	}
	return s.Opened(ctx)
}

type createIn struct {
	Name   string `json:"name"`
	Folder string `json:"folder,omitempty"`
	Sample string `json:"sample,omitempty"`
}

func (o *ops) create(ctx context.Context, in createIn) (app.Opened, error) {
	if in.Folder == "" {
		in.Folder = o.Folder
	}
	s, err := o.App.Create(ctx, in.Folder, in.Name, in.Sample)
	if err != nil {
		return app.Opened{}, err
	}
	return s.Opened(ctx)
}

func (o *ops) close(context.Context, none) (none, error) { return none{}, o.App.CloseProject() }

// native are the window's dialogs; instead is what to do where there is no window.
func (o *ops) native(instead string) (Dialogs, error) {
	if o.Dialogs == nil {
		return nil, fault.New(fault.Unsupported, "a browser cannot show a file dialog").Try("%s", instead)
	}
	if d := o.Dialogs(); d != nil {
		return d, nil
	}
	return nil, fault.New(fault.Unavailable, "the window is not ready yet").Try("try again")
}

type chooseIn struct {
	What  string `json:"what" enum:"open,folder,save"`
	Title string `json:"title"`
	Name  string `json:"name,omitempty"`
}

func (o *ops) choose(_ context.Context, in chooseIn) (out pathIn, err error) {
	d, err := o.native("type the path")
	if err != nil {
		return out, err
	}
	switch in.What {
	case "open":
		out.Path, err = d.OpenFile(in.Title, []string{"*.airloom", "*.design.json"})
	case "folder":
		out.Path, err = d.OpenFolder(in.Title)
	default:
		out.Path, err = d.SaveFile(in.Title, in.Name)
	}
	return out, err
}

type outsideOut struct {
	Outside *app.Outside `json:"outside"`
}

func (o *ops) outside(ctx context.Context, _ none) (out outsideOut, err error) {
	err = o.session(func(s *app.Session) error { out.Outside, err = s.Outside(ctx); return err })
	return out, err
}

type editIn struct {
	Base  int64       `json:"base"`
	Diff  design.Diff `json:"diff"`
	Label string      `json:"label"`
}

func (o *ops) edit(ctx context.Context, in editIn) (out app.Committed, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.Edit(ctx, in.Base, in.Diff, in.Label); return err })
	return out, err
}

func (o *ops) undo(ctx context.Context, _ none) (out app.Committed, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.Undo(ctx); return err })
	return out, err
}

func (o *ops) redo(ctx context.Context, _ none) (out app.Committed, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.Redo(ctx); return err })
	return out, err
}

type takeInIn struct {
	Accept bool `json:"accept"`
}

func (o *ops) takeIn(ctx context.Context, in takeInIn) (out app.Committed, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.TakeIn(ctx, in.Accept); return err })
	return out, err
}

type templateIn struct {
	Format string `json:"format" enum:"json,yaml"`
}

func (o *ops) template(_ context.Context, in templateIn) (out app.TemplateView, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.Template(in.Format); return err })
	return out, err
}

type idIn struct {
	ID design.ID `json:"id"`
}

func (o *ops) delta(_ context.Context, in idIn) (out app.Delta, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.Delta(in.ID); return err })
	return out, err
}

type sandboxesOut struct {
	Sandboxes []app.SandboxConfig `json:"sandboxes"`
	Current   string              `json:"current"`
}

func (o *ops) sandboxes(context.Context, none) (out sandboxesOut, err error) {
	err = o.session(func(s *app.Session) error { out.Sandboxes, err = s.Sandboxes(); return err })
	out.Current = app.DefaultSandbox
	return out, err
}

type sandboxIn struct {
	Sandbox string `json:"sandbox"`
}

func (o *ops) plan(ctx context.Context, in sandboxIn) (out app.PlanView, err error) {
	err = o.session(func(s *app.Session) error {
		out, err = s.Plan(ctx, in.Sandbox, sandbox.Options{}, event.Discard)
		return err
	})
	return out, err
}

type deployIn struct {
	Sandbox string `json:"sandbox"`
	Plan    string `json:"plan"`
	Consent bool   `json:"consent"`
	Trust   bool   `json:"trust"`
}

type jobOut struct {
	Job string `json:"job"`
}

func (o *ops) deploy(_ context.Context, in deployIn) (out jobOut, err error) {
	if err := o.confirm("Deploy to "+in.Sandbox+"?", "The code of this project will run there.", "Deploy"); err != nil {
		return out, err
	}
	err = o.session(func(s *app.Session) error {
		out.Job, err = s.Deploy(in.Sandbox, in.Plan, in.Consent, in.Trust)
		return err
	})
	return out, err
}

type destroyIn struct {
	Sandbox string `json:"sandbox"`
	Confirm string `json:"confirm" doc:"The sandbox's name, typed by the person"`
}

func (o *ops) destroy(ctx context.Context, in destroyIn) (out jobOut, err error) {
	if in.Confirm != in.Sandbox {
		return out, fault.New(fault.Denied, "type the sandbox's name to take it down")
	}
	if err := o.confirm("Take down "+in.Sandbox+"?", "Everything that was deployed there is removed, data included.", "Take down"); err != nil {
		return out, err
	}
	err = o.session(func(s *app.Session) error { out.Job, err = s.Destroy(ctx, in.Sandbox); return err })
	return out, err
}

// confirm asks in the window itself, where the page cannot answer for the person.
func (o *ops) confirm(title, text, ok string) error {
	if o.Dialogs == nil {
		return nil
	}
	d := o.Dialogs()
	if d == nil {
		return fault.New(fault.Unavailable, "the window is not ready to ask you yet").Try("try again")
	}
	yes, err := d.Confirm(title, text, ok)
	if err == nil && !yes {
		err = fault.New(fault.Canceled, "not confirmed")
	}
	return err
}

func (o *ops) cancel(_ context.Context, in jobOut) (none, error) {
	return none{}, o.App.Jobs().Cancel(in.Job)
}

func (o *ops) job(_ context.Context, in jobOut) (app.Job, error) { return o.App.Jobs().Get(in.Job) }

type deploymentOut struct {
	Deployment *sandbox.Deployment `json:"deployment"`
}

func (o *ops) deployment(ctx context.Context, in sandboxIn) (out deploymentOut, err error) {
	err = o.session(func(s *app.Session) error { out.Deployment, err = s.Deployment(ctx, in.Sandbox); return err })
	return out, err
}

type callIn struct {
	Sandbox string `json:"sandbox"`
	Node    string `json:"node"`
	Payload string `json:"payload"`
}

type callOut struct {
	Status     int               `json:"status"`
	Header     map[string]string `json:"header"`
	Body       string            `json:"body"`
	Error      string            `json:"error"`
	LogTail    string            `json:"logTail"`
	DurationMS float64           `json:"durationMs"`
}

func (o *ops) call(ctx context.Context, in callIn) (out callOut, err error) {
	err = o.session(func(s *app.Session) error {
		r, err := s.Call(ctx, in.Sandbox, in.Node, []byte(in.Payload))
		out = callOut{r.Status, r.Header, string(r.Body), r.Error, r.LogTail, float64(r.Duration.Microseconds()) / 1000}
		return err
	})
	return out, err
}

type logsIn struct {
	Sandbox string `json:"sandbox"`
	Node    string `json:"node,omitempty"`
	Limit   int    `json:"limit,omitempty"`
}

type logsOut struct {
	Events []event.Event `json:"events"`
}

func (o *ops) logs(ctx context.Context, in logsIn) (logsOut, error) {
	out := logsOut{Events: []event.Event{}}
	err := o.session(func(s *app.Session) error {
		return s.Logs(ctx, in.Sandbox, sandbox.LogQuery{Node: in.Node, Limit: in.Limit}, func(e event.Event) { out.Events = append(out.Events, e) })
	})
	return out, err
}

func (o *ops) follow(ctx context.Context, in sandboxIn) (none, error) {
	return none{}, o.session(func(s *app.Session) error { return s.Follow(ctx, in.Sandbox) })
}

type nodeIn struct {
	Node string `json:"node"`
}

func (o *ops) code(_ context.Context, in nodeIn) (out app.Source, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.Code(in.Node); return err })
	return out, err
}

// reveal names no path of the page's: it is the folder of a node's source, within the project.
func (o *ops) reveal(_ context.Context, in nodeIn) (out pathIn, err error) {
	if o.Reveal == nil {
		return out, fault.New(fault.Unsupported, "a browser cannot open a folder").At(in.Node).Try("open it in your editor by its path")
	}
	err = o.session(func(s *app.Session) error {
		if out.Path, err = s.Reveal(in.Node); err != nil {
			return err
		}
		return o.Reveal(out.Path)
	})
	return out, err
}

type layoutIn struct {
	IDs       []design.ID `json:"ids,omitempty" doc:"What may move, with what lies in it; none means everything"`
	Direction string      `json:"direction" enum:"right,down"`
}

type layoutOut struct {
	Diff design.Diff `json:"diff"`
}

func (o *ops) layout(_ context.Context, in layoutIn) (out layoutOut, err error) {
	err = o.session(func(s *app.Session) error { out.Diff, err = s.Layout(in.IDs, in.Direction); return err })
	return out, err
}

type exportIn struct {
	Format string      `json:"format" enum:"svg,png,pdf,dot,mermaid,drawio,md"`
	IDs    []design.ID `json:"ids,omitempty"`
	Theme  string      `json:"theme,omitempty" enum:"light,dark"`
	Scale  float64     `json:"scale,omitempty" doc:"Of png: pixels a unit of the canvas, 1 to 4"`
}

func (in exportIn) options() app.ExportOptions {
	return app.ExportOptions{Format: in.Format, IDs: in.IDs, Theme: in.Theme, Scale: in.Scale}
}

func (o *ops) export(_ context.Context, in exportIn) (out app.Exported, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.Export(in.options()); return err })
	return out, err
}

// save exports to a place that the person chose in the window itself: the page names no path. An empty one says that they declined.
func (o *ops) save(_ context.Context, in exportIn) (out pathIn, err error) {
	d, err := o.native("download it")
	if err != nil {
		return out, err
	}
	err = o.session(func(s *app.Session) error {
		e, err := s.Export(in.options())
		if err != nil {
			return err
		}
		if out.Path, err = d.SaveFile("Export the drawing", e.Name); err != nil || out.Path == "" {
			return err
		}
		return e.Write(out.Path)
	})
	return out, err
}

type urlIn struct {
	URL     string `json:"url"`
	Sandbox string `json:"sandbox,omitempty" doc:"The sandbox whose deployment gave the address"`
}

// documentation are the hosts whose pages may be opened.
var documentation = []string{"docs.aws.amazon.com", "aws.amazon.com", "console.aws.amazon.com", "auth0.com", "docs.stripe.com", "stripe.com"}

// external opens https pages of the documentation, and addresses that a deployment gave.
func (o *ops) external(ctx context.Context, in urlIn) (none, error) {
	u, err := url.Parse(in.URL)
	if err != nil || u.User != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return none{}, fault.New(fault.Denied, "only web addresses are opened, not %q", in.URL)
	}
	open := o.OpenExternal
	if u.Scheme != "https" || !slices.Contains(documentation, u.Host) {
		open = o.OpenDeployed
		given := false
		if in.Sandbox != "" {
			err = o.session(func(s *app.Session) error { given, err = s.Gave(ctx, in.Sandbox, in.URL); return err })
		}
		if err != nil {
			return none{}, err
		}
		if !given {
			return none{}, fault.New(fault.Denied, "only the documentation and what is deployed are opened, not %q", in.URL)
		}
	}
	if open == nil {
		return none{}, fault.New(fault.Unsupported, "this door cannot open a browser").Try("open %s yourself", in.URL)
	}
	return none{}, open(u.String())
}
