package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"airloom/app"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

var signs = map[sandbox.Action]string{sandbox.Add: "+", sandbox.Update: "~", sandbox.Replace: "±", sandbox.Remove: "-", sandbox.Keep: "="}

func (r *run) planCommand() *cobra.Command {
	return r.withSandbox(0, &cobra.Command{
		Use: "plan [PROJECT]", Short: "Show what a deployment would change", Args: upTo(1),
		Long: `Plan packs the functions, generates the template and compares it with what is deployed. It changes nothing that runs or
costs. Each line is a change: + add, ~ update, ± replace, - remove; what would lose data is said in words.
Exit code 3 where the drawing has blocking findings, or the sandbox cannot do what it asks for.`,
		Example: `  airloom plan shop
  airloom plan shop --sandbox dev --json`,
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.sound(cmd.Context(), first(got))
			if err != nil {
				return err
			}
			p, err := s.Plan(cmd.Context(), r.sandbox, sandbox.Options{}, r.view.event)
			if err != nil {
				return err
			}
			if err := r.view.data(p, func(w io.Writer) { printPlan(w, p) }); err != nil {
				return err
			}
			return refused(p)
		},
	})
}

// sound opens a project whose drawing has no blocking findings.
func (r *run) sound(ctx context.Context, path string) (*app.Session, error) {
	s, err := r.project(ctx, path)
	if err != nil {
		return nil, err
	}
	b, err := s.Preview()
	if err != nil {
		return nil, err
	}
	return s, blocking(b.Findings, false, found)
}

// refused is an error where a plan cannot be applied.
func refused(p app.PlanView) error {
	if p.Applyable {
		return nil
	}
	why := func(n int) string { return p.Sandbox.Name + " refuses the plan for " + plural(n, "reason") }
	if err := blocking(p.Refusals, false, why); err != nil {
		return err
	}
	return fault.New(fault.Unsupported, "this plan cannot be applied")
}

func printPlan(w io.Writer, p app.PlanView) {
	id := p.Sandbox
	fmt.Fprintf(w, "%s (%s): account %s, region %s, stack %s, as %s\n", id.Name, id.Type, id.Account, id.Region, id.Stack, id.Caller)
	var rows [][]string
	for _, c := range p.Changes {
		if c.Action == sandbox.Keep {
			continue
		}
		note := c.Reason
		if c.Destructive {
			note = "LOSES DATA " + note
		}
		rows = append(rows, []string{" " + signs[c.Action], c.LogicalID, c.Type, strings.TrimSpace(note)})
	}
	table(w, rows...)
	for _, n := range p.Notes {
		fmt.Fprintln(w, "note:", clean(n))
	}
	if !p.Applyable {
		return
	}
	if p.Method == "none" {
		fmt.Fprintln(w, "up to date")
		return
	}
	fmt.Fprintln(w, counted(p, "%d to add, %d to update, %d to replace, %d to remove, %d kept"))
}

func counted(p app.PlanView, words string) string {
	count := map[sandbox.Action]int{}
	for _, c := range p.Changes {
		count[c.Action]++
	}
	return fmt.Sprintf(words, count[sandbox.Add], count[sandbox.Update], count[sandbox.Replace], count[sandbox.Remove], count[sandbox.Keep])
}

// consent are the flags that stand for a person's word.
type consent struct{ yes, loss bool }

func (c *consent) lossFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.loss, "allow-data-loss", false, "agree to replacing or removing what holds data")
}

func (r *run) deployCommand() *cobra.Command {
	var c consent
	cmd := r.withSandbox(0, &cobra.Command{
		Use: "deploy [PROJECT]", Short: "Deploy to a sandbox", Args: upTo(1),
		Long: `Deploy shows the plan, asks where somebody can answer, applies it and prints the addresses and outputs. In the
embedded sandbox what is deployed runs as long as a command or window does: ` + "`airloom run`" + ` deploys and stays.

An interrupt stops the deployment and waits until it is known how it ended (exit code 130); a second one leaves
at once.`,
		Example: `  airloom deploy shop --sandbox dev
  airloom deploy shop --sandbox dev --yes --json     in a pipeline`,
	})
	cmd.Flags().BoolVarP(&c.yes, "yes", "y", false, "do not ask: run this project's code and apply the plan")
	c.lossFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, got []string) error {
		s, err := r.sound(cmd.Context(), first(got))
		if err != nil {
			return err
		}
		d, err := r.deploy(cmd.Context(), s, c, true)
		if err != nil || d == nil {
			return err
		}
		return r.view.data(d, func(w io.Writer) { printURLs(w, d); printOutputs(w, d) })
	}
	return cmd
}

// deploy plans, asks where somebody can answer, and applies. What is deployed then is the answer.
func (r *run) deploy(ctx context.Context, s *app.Session, c consent, show bool) (*sandbox.Deployment, error) {
	p, err := s.Plan(ctx, r.sandbox, sandbox.Options{}, r.view.event)
	if err != nil {
		return nil, err
	}
	show = show && !r.quiet && !r.json
	switch {
	case show:
		var text strings.Builder
		printPlan(&text, p)
		if err := r.view.print(r.Err, text.String()); err != nil {
			return nil, err
		}
	default:
		for _, n := range p.Notes {
			r.view.say("note: %s", n)
		}
	}
	switch lost := p.Destructive(); {
	case !p.Applyable:
		return nil, refused(p)
	case p.Method == "none":
		return s.Deployment(ctx, r.sandbox)
	case len(lost) > 0 && !c.loss:
		var names []string
		for _, l := range lost {
			names = append(names, l.LogicalID)
		}
		return nil, fault.New(fault.Denied, "what %s now would be lost: %s", holds(len(names)), strings.Join(names, ", ")).At(lost[0].Node).
			Try("agree with --allow-data-loss, or keep them in the drawing as they are")
	case !c.yes:
		if err := r.ask("Apply this plan, and run the project's code there?"); err != nil {
			return nil, err
		}
	}
	r.view.expect(p.Changes)
	id, err := s.Deploy(r.sandbox, p.ID, c.loss, true)
	if err != nil {
		return nil, err
	}
	if err := r.follow(ctx, id); err != nil {
		return nil, err
	}
	r.view.say("deployed %s to %s: %s", s.Name(), r.sandbox, counted(p, "%d added, %d updated, %d replaced, %d removed, %d kept"))
	return s.Deployment(ctx, r.sandbox)
}

func holds(n int) string {
	if n == 1 {
		return "one resource holds"
	}
	return fmt.Sprintf("%d resources hold", n)
}

func printURLs(w io.Writer, d *sandbox.Deployment) {
	rows := make([][]string, len(d.URLs))
	for i, u := range d.URLs {
		rows[i] = []string{u.Node, u.Title, u.URL}
	}
	table(w, rows...)
}

func printOutputs(w io.Writer, d *sandbox.Deployment) {
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(d.Outputs)) {
		rows = append(rows, []string{name, d.Outputs[name]})
	}
	table(w, rows...)
}

// follow prints a job's events until it ends; an interrupt cancels the job and waits for its verdict.
func (r *run) follow(ctx context.Context, id string) error {
	events := make(chan event.Event, 1024)
	stop := r.app.Listen(func(m app.Message) {
		if m.Event != nil && m.Event.Job == id {
			select {
			case events <- *m.Event:
			default: // the replay below has them all
			}
		}
	})
	defer stop()
	seen := int64(0)
	show := func(e event.Event) {
		if e.Seq > seen {
			seen = e.Seq
			r.view.event(e)
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- r.app.Jobs().Wait(id) }()
	interrupt := ctx.Done()
	for {
		select {
		case e := <-events:
			if e.Seq == seen+1 {
				show(e)
			}
		case <-interrupt:
			interrupt = nil
			r.view.say("stopping; interrupt again to leave at once")
			if err := r.app.Jobs().Cancel(id); err != nil {
				return err
			}
		case err := <-ended:
			j, gone := r.app.Jobs().Get(id)
			if gone == nil {
				for _, e := range j.Events {
					show(e)
				}
			}
			return err
		}
	}
}

func (r *run) destroyCommand() *cobra.Command {
	var yes bool
	c := r.withSandbox(0, &cobra.Command{
		Use: "destroy [PROJECT]", Short: "Take down everything that was deployed, data included", Args: upTo(1),
		Long: `Destroy removes all that was deployed to a sandbox, what it holds included: tables, buckets, queues. The drawing and
the code stay.`,
		Example: `  airloom destroy shop
  airloom destroy shop --sandbox dev --yes`,
	})
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		s, err := r.reach(cmd.Context(), first(got))
		if err != nil {
			return err
		}
		// Who names no such sandbox is told so before being asked.
		if _, err := s.Sandbox(cmd.Context(), r.sandbox); err != nil {
			return err
		}
		if !yes {
			if err := r.ask("Take down " + s.Name() + " in " + r.sandbox + ", data included?"); err != nil {
				return err
			}
		}
		id, err := s.Destroy(cmd.Context(), r.sandbox)
		if err != nil {
			return err
		}
		if err := r.follow(cmd.Context(), id); err != nil {
			return err
		}
		r.view.say("destroyed %s in %s", s.Name(), r.sandbox)
		return r.view.data(map[string]string{"project": s.Path(), "sandbox": r.sandbox, "status": "destroyed"}, func(io.Writer) {})
	}
	return c
}

// ask puts a question to a person; where nobody can answer, it is an error that says so.
func (r *run) ask(question string) error {
	in, _ := r.In.(*os.File)
	_, reads := terminal(r.In)
	_, sees := terminal(r.Err)
	if !reads || !sees || r.json {
		return fault.New(fault.Denied, "this needs your word, and nobody can be asked here").Try("pass --yes")
	}
	if err := r.view.print(r.Err, question+" [y/N] "); err != nil {
		return err
	}
	var answer string
	_, _ = fmt.Fscanln(in, &answer) // no answer is a no
	if !strings.HasPrefix(strings.ToLower(answer), "y") {
		return fault.New(fault.Denied, "not agreed to").Try("answer yes, or pass --yes")
	}
	return nil
}

// withSandbox adds the --sandbox flag; at is where the project stands among the arguments.
func (r *run) withSandbox(at int, c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&r.sandbox, "sandbox", app.DefaultSandbox, "the sandbox's name; `airloom sandbox list` shows them")
	complete(c, "sandbox", r.listing(at, sandboxes))
	return c
}
