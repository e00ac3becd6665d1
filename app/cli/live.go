package cli

import (
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"airloom/app"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

func (r *run) runCommand() *cobra.Command {
	c := consent{yes: true}
	cmd := &cobra.Command{
		Use: "run [PROJECT]", Short: "Deploy to the embedded sandbox and stay: addresses, logs, reload on save", Args: upTo(1),
		Long: `Run deploys the project to the embedded sandbox on this machine, prints every address, follows the logs of all
functions and reloads a function when its source is saved. In another terminal ` + "`airloom call`" + ` and ` + "`airloom logs`" + `
reach what runs. An interrupt ends it and everything it started; the data stays beside the project until
` + "`airloom destroy`" + `.

Naming a project on the command line is taken as trust in its code: run nothing that you have not read.`,
		Example: `  airloom run shop
  airloom run shop --json | jq -r 'select(.type == "log") | .text'`,
	}
	c.lossFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, got []string) error {
		r.sandbox = app.DefaultSandbox
		ctx := cmd.Context()
		s, err := r.sound(ctx, first(got))
		if err != nil {
			return err
		}
		since := time.Now()
		d, err := r.deploy(ctx, s, c, false)
		if err != nil {
			return err
		}
		if d != nil {
			if err := r.view.data(d, func(w io.Writer) { printURLs(w, d) }); err != nil {
				return err
			}
		}
		if err := s.Watch(ctx, r.view.event); err != nil {
			return err
		}
		r.view.say("running; interrupt to stop")
		if err := s.Logs(ctx, r.sandbox, sandbox.LogQuery{Since: since, Follow: true}, r.view.log); ctx.Err() == nil {
			return err
		}
		r.view.say("stopped")
		return nil
	}
	return cmd
}

func (r *run) callCommand() *cobra.Command {
	var data string
	c := r.withSandbox(1, &cobra.Command{
		Use: "call NODE [PROJECT]", Short: "Send a payload to a deployed node", Args: between(1, 2, "the node to call"),
		Long: `Call sends a payload to a node where it is deployed and prints the answer. What a payload is depends on the node's
kind: an event for a function, a request for an API, a message for a queue or topic, a question for a table.
Without --data the sample of the kind is sent; ` + "`airloom kinds KIND`" + ` shows it. Exit code 1 where a function fails, or the
answer's status is 400 or more.`,
		Example: `  airloom call create-order shop --data '{"body":"{\"item\":\"tea\"}"}'
  airloom call orders-api shop --data '{"method":"GET","path":"/orders/1"}'
  airloom call order-events shop --data @message.json
  airloom call auth0 shop --json | jq -r '.body | fromjson | .access_token'`,
		ValidArgsFunction: r.node(callable),
	})
	c.Flags().StringVarP(&data, "data", "d", "", "the payload; @FILE reads a file, - standard input; the kind's sample without it")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		s, err := r.reach(cmd.Context(), first(got[1:]))
		if err != nil {
			return err
		}
		n, err := s.Node(got[0])
		if err != nil {
			return err
		}
		payload, err := r.payload(data)
		if err != nil {
			return err
		}
		if !cmd.Flags().Changed("data") {
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
			err = r.view.print(r.Out, strings.TrimRight(string(res.Body), "\n")+"\n")
		}
		switch {
		case err != nil:
			return err
		case res.Error != "":
			return fault.New(fault.Invalid, "the function failed (%s)", res.Error).At(string(n.ID)).Try("`airloom logs %s` shows what it printed", n.ID)
		case res.Status >= 400:
			return fault.New(fault.Invalid, "it answered %d", res.Status).At(string(n.ID)).Try("change the payload (--data)")
		}
		return nil
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
			return nil, fault.Wrap(err, fault.NotFound, "reading the payload").Try("name a file that is there: --data @FILE")
		}
		return text, nil
	}
	return []byte(data), nil
}

func (r *run) logsCommand() *cobra.Command {
	var q sandbox.LogQuery
	var since time.Duration
	c := r.withSandbox(1, &cobra.Command{Use: "logs [NODE] [PROJECT]", Short: "Print what deployed functions wrote", Args: upTo(2),
		Long: `Logs prints what functions and other nodes wrote, oldest first, each line under its node's name. NODE may be "all".
A single argument names a node of the project in the working folder, or a project elsewhere.`,
		Example: `  airloom logs process-order shop --follow
  airloom logs shop --since 1h --filter ERROR`,
		ValidArgsFunction: r.node(func(s *app.Session) []string { return append([]string{"all"}, nodes(s)...) })})
	c.Flags().BoolVarP(&q.Follow, "follow", "f", false, "go on until interrupted")
	c.Flags().DurationVar(&since, "since", 15*time.Minute, "how far back")
	c.Flags().StringVar(&q.Filter, "filter", "", "only lines that contain this text")
	c.Flags().IntVar(&q.Limit, "limit", 0, "most past lines (1000)")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		ctx := cmd.Context()
		node, path := first(got), ""
		switch {
		case len(got) == 2:
			path = got[1]
		case len(got) == 1 && node != "all" && !projectHere():
			node, path = "", got[0]
		}
		if node != "all" {
			q.Node = node
		}
		s, err := r.reach(ctx, path)
		if err != nil {
			return err
		}
		q.Since = time.Now().Add(-since)
		lines := 0
		err = s.Logs(ctx, r.sandbox, q, func(e event.Event) { lines++; r.view.log(e) })
		switch {
		case ctx.Err() != nil && q.Follow:
			return nil
		case err == nil && lines == 0:
			r.view.say("no such lines in the last %s", since)
		}
		return err
	}
	return c
}
