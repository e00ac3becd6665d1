package cli

import (
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"airloom/app"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

var signs = map[sandbox.Action]string{sandbox.Add: "+", sandbox.Update: "~", sandbox.Replace: "±", sandbox.Remove: "-", sandbox.Keep: "="}

func (r *run) planCommand() *cobra.Command {
	return r.withSandbox(&cobra.Command{
		Use: "plan [PROJECT]", Short: "Show what a deployment would change", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.project(cmd.Context(), first(got))
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
			if !p.Applyable {
				return blocking(p.Refusals)
			}
			return nil
		},
	})
}

func printPlan(w io.Writer, p app.PlanView) {
	id := p.Sandbox
	fmt.Fprintf(w, "%s (%s): account %s, region %s, stack %s, as %s\n", id.Name, id.Type, id.Account, id.Region, id.Stack, id.Caller)
	count := map[sandbox.Action]int{}
	var rows [][]string
	for _, c := range p.Changes {
		count[c.Action]++
		if c.Action == sandbox.Keep {
			continue
		}
		note := c.Reason
		if c.Destructive {
			note = "LOSES DATA " + note
		}
		rows = append(rows, []string{" " + signs[c.Action], c.LogicalID, c.Type, strings.TrimSpace(clean(note))})
	}
	table(w, rows...)
	for _, n := range p.Notes {
		fmt.Fprintln(w, "note:", clean(n))
	}
	findings(w, p.Refusals)
	if p.Method == "none" {
		fmt.Fprintln(w, "up to date")
		return
	}
	fmt.Fprintf(w, "%d to add, %d to update, %d to replace, %d to remove, %d kept\n",
		count[sandbox.Add], count[sandbox.Update], count[sandbox.Replace], count[sandbox.Remove], count[sandbox.Keep])
}

// consent are the flags that stand for a person's word.
type consent struct{ yes, loss bool }

func (c *consent) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVarP(&c.yes, "yes", "y", false, "do not ask: run this project's code and apply the plan")
	cmd.Flags().BoolVar(&c.loss, "allow-data-loss", false, "agree to replacing or removing what holds data")
	return cmd
}

func (r *run) deployCommand() *cobra.Command {
	var c consent
	return c.flags(r.withSandbox(&cobra.Command{
		Use: "deploy [PROJECT]", Short: "Deploy to a sandbox", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.project(cmd.Context(), first(got))
			if err != nil {
				return err
			}
			return r.deploy(cmd, s, c)
		},
	}))
}

// deploy plans, asks where somebody can answer, applies, and prints the addresses.
func (r *run) deploy(cmd *cobra.Command, s *app.Session, c consent) error {
	ctx := cmd.Context()
	p, err := s.Plan(ctx, r.sandbox, sandbox.Options{}, r.view.event)
	if err != nil {
		return err
	}
	if !r.quiet && !r.json {
		printPlan(r.Err, p)
	}
	if p.Applyable && p.Method == "none" {
		return r.deployed(cmd, s)
	}
	if p.Applyable && !c.yes {
		if !r.ask("Apply this plan, and run the project's code there?") {
			return fault.New(fault.Denied, "the plan was not agreed to").Try("answer yes, or pass --yes")
		}
		c.yes = true
	}
	id, err := s.Deploy(r.sandbox, p.ID, c.loss, c.yes)
	if err != nil {
		return err
	}
	if err := r.follow(cmd, id); err != nil {
		return err
	}
	return r.deployed(cmd, s)
}

func (r *run) deployed(cmd *cobra.Command, s *app.Session) error {
	d, err := s.Deployment(cmd.Context(), r.sandbox)
	if err != nil || d == nil {
		return err
	}
	return r.view.data(d, func(w io.Writer) {
		for _, u := range d.URLs {
			fmt.Fprintf(w, "%-24s %-10s %s\n", u.Node, u.Title, u.URL)
		}
		names := make([]string, 0, len(d.Outputs))
		for n := range d.Outputs {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			fmt.Fprintf(w, "%-35s %s\n", n, d.Outputs[n])
		}
	})
}

// follow prints a job's events until it ends; an interrupt cancels the job and waits for its verdict.
func (r *run) follow(cmd *cobra.Command, id string) error {
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
	interrupt := cmd.Context().Done()
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
	c := r.withSandbox(&cobra.Command{
		Use: "destroy [PROJECT]", Short: "Take down everything that was deployed, data included", Args: cobra.MaximumNArgs(1),
	})
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		s, err := r.project(cmd.Context(), first(got))
		if err != nil {
			return err
		}
		if !yes && !r.ask("Take down "+s.Name()+" in "+r.sandbox+", data included?") {
			return fault.New(fault.Denied, "not agreed to").Try("answer yes, or pass --yes")
		}
		id, err := s.Destroy(cmd.Context(), r.sandbox)
		if err != nil {
			return err
		}
		return r.follow(cmd, id)
	}
	return c
}

// ask puts a question to a person; where nobody can answer, the answer is no.
func (r *run) ask(question string) bool {
	f, ok := r.In.(*os.File)
	if !ok {
		return false
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	fmt.Fprintf(r.Err, "%s [y/N] ", question)
	var answer string
	_, _ = fmt.Fscanln(f, &answer) // no answer is a no
	return strings.HasPrefix(strings.ToLower(answer), "y")
}
