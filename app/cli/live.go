package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

func (r *run) runCommand() *cobra.Command {
	var c consent
	cmd := &cobra.Command{
		Use: "run [PROJECT]", Short: "Deploy to the embedded sandbox and stay: addresses, logs, reload on save", Args: cobra.MaximumNArgs(1),
		Long: `Run deploys the project to the embedded sandbox on this machine, prints every address, follows the logs of all
functions and reloads a function when its source is saved. Interrupt ends it and everything it started; the
data stays beside the project until ` + "`airloom destroy`" + `.

Naming a project on the command line is taken as trust in its code: run nothing that you have not read.`,
	}
	cmd.Flags().BoolVar(&c.loss, "allow-data-loss", false, "agree to replacing or removing what holds data")
	cmd.RunE = func(cmd *cobra.Command, got []string) error {
		r.sandbox, c.yes = "local", true
		ctx := cmd.Context()
		s, err := r.project(ctx, first(got))
		if err != nil {
			return err
		}
		since := time.Now()
		if err := r.deploy(cmd, s, c); err != nil {
			return err
		}
		if err := s.Watch(ctx, r.view.event); err != nil {
			return err
		}
		r.view.say("running; interrupt to stop")
		err = s.Logs(ctx, r.sandbox, sandbox.LogQuery{Since: since, Follow: true}, r.view.log)
		if ctx.Err() != nil {
			r.view.say("stopped")
			return nil
		}
		return err
	}
	return cmd
}

func (r *run) callCommand() *cobra.Command {
	var data string
	c := r.withSandbox(&cobra.Command{
		Use: "call NODE [PROJECT]", Short: "Send a payload to a deployed node", Args: args(1, "the node to call"),
		Example: `  airloom call create-order shop --data '{"body":"{\"item\":\"tea\"}"}'
  airloom call orders-api shop --data '{"method":"GET","path":"/orders/1"}'`,
	})
	c.Flags().StringVarP(&data, "data", "d", "", "the payload; @FILE reads a file, - standard input; the kind's sample without it")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		s, err := r.project(cmd.Context(), first(got[1:]))
		if err != nil {
			return err
		}
		payload, err := r.payload(data)
		if err != nil {
			return err
		}
		if data == "" {
			n, err := s.Node(got[0])
			if err != nil {
				return err
			}
			sp, _ := r.app.Shelf().Spec(n.Kind)
			payload = []byte(sp.Sample)
		}
		res, err := s.Call(cmd.Context(), r.sandbox, got[0], payload)
		if err != nil {
			return err
		}
		if r.json {
			err = r.view.data(map[string]any{"status": res.Status, "header": res.Header, "body": string(res.Body), "error": res.Error,
				"logTail": res.LogTail, "durationMs": float64(res.Duration.Microseconds()) / 1000}, nil)
		} else {
			r.view.say("%d in %s", res.Status, res.Duration.Round(100*time.Microsecond))
			_, err = fmt.Fprintln(r.Out, strings.TrimRight(string(res.Body), "\n"))
		}
		if err == nil && res.Error != "" {
			err = fault.New(fault.Internal, "the function failed: %s", res.Error).At(got[0]).Try("`airloom logs %s` shows what it printed", got[0])
		}
		return err
	}
	return c
}

func (r *run) payload(data string) ([]byte, error) {
	switch {
	case data == "-":
		return io.ReadAll(r.In)
	case strings.HasPrefix(data, "@"):
		text, err := os.ReadFile(data[1:])
		if err != nil {
			return nil, fault.Wrap(err, fault.NotFound, "reading the payload")
		}
		return text, nil
	}
	return []byte(data), nil
}

func (r *run) logsCommand() *cobra.Command {
	var q sandbox.LogQuery
	var since time.Duration
	c := r.withSandbox(&cobra.Command{Use: "logs [NODE] [PROJECT]", Short: "Print what deployed functions wrote", Args: cobra.MaximumNArgs(2),
		Example: `  airloom logs process-order shop --follow
  airloom logs all shop --since 1h --filter ERROR`})
	c.Flags().BoolVarP(&q.Follow, "follow", "f", false, "go on until interrupted")
	c.Flags().DurationVar(&since, "since", 15*time.Minute, "how far back")
	c.Flags().StringVar(&q.Filter, "filter", "", "only lines that contain this text")
	c.Flags().IntVar(&q.Limit, "limit", 0, "most past lines (1000)")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		if len(got) > 0 && got[0] != "all" {
			q.Node = got[0]
		}
		path := "."
		if len(got) == 2 {
			path = got[1]
		}
		s, err := r.project(cmd.Context(), path)
		if err != nil {
			return err
		}
		q.Since = time.Now().Add(-since)
		err = s.Logs(cmd.Context(), r.sandbox, q, func(e event.Event) { r.view.log(e) })
		if cmd.Context().Err() != nil && q.Follow {
			return nil
		}
		return err
	}
	return c
}
