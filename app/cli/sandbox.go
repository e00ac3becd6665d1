package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"airloom/app"
	"airloom/backend/fault"
)

func (r *run) sandboxCommand() *cobra.Command {
	c := &cobra.Command{Use: "sandbox", Short: "List, add and remove the project's sandboxes",
		Long: `A sandbox is a place where a project can live: "local", the embedded one that every project has, or a stack in your own
AWS account. Their names are kept in the project file, credentials never are.`,
		Args: func(c *cobra.Command, got []string) error {
			if len(got) > 0 {
				return usage{fmt.Errorf("there is no command %q; there are list, add and remove", got[0]), c.CommandPath()}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(r.sandboxListCommand(), r.sandboxAddCommand(), r.sandboxRemoveCommand())
	return c
}

func (r *run) sandboxListCommand() *cobra.Command {
	return &cobra.Command{Use: "list [PROJECT]", Short: "List the sandboxes", Args: upTo(1),
		Example: `  airloom sandbox list shop`,
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.reach(cmd.Context(), first(got))
			if err != nil {
				return err
			}
			list, err := s.Sandboxes()
			if err != nil {
				return err
			}
			return r.view.data(list, func(w io.Writer) {
				var rows [][]string
				for _, b := range list {
					rows = append(rows, []string{b.Name, b.Type, b.Detail})
				}
				table(w, rows...)
			})
		}}
}

func (r *run) sandboxAddCommand() *cobra.Command {
	var profile, region, endpoint, stack string
	c := &cobra.Command{Use: "add NAME [PROJECT]", Short: "Name a sandbox in your own AWS account", Args: between(1, 2, "the sandbox's name"),
		Long: `Add names a place to deploy to. Credentials stay where they are: in your own AWS configuration, under the profile.
Nothing is asked of AWS until you plan or deploy.`,
		Example: `  airloom sandbox add dev shop --profile me --region eu-central-1
  airloom plan shop --sandbox dev`,
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.reach(cmd.Context(), first(got[1:]))
			if err != nil {
				return err
			}
			conf := app.SandboxConfig{Name: got[0], Type: "aws", Config: map[string]string{},
				Detail: fmt.Sprintf("profile %s, region %s", or(profile, "default"), or(region, "of the profile"))}
			for k, v := range map[string]string{"profile": profile, "region": region, "endpoint": endpoint, "stack": stack} {
				if v != "" {
					conf.Config[k] = v
				}
			}
			if err := s.AddSandbox(cmd.Context(), conf); err != nil {
				return err
			}
			r.view.say("added %s: %s", conf.Name, conf.Detail)
			return r.view.data(conf, func(io.Writer) {})
		}}
	c.Flags().StringVar(&profile, "profile", "", "profile of your AWS configuration; the default one without it")
	c.Flags().StringVar(&region, "region", "", "region; the profile's without it")
	c.Flags().StringVar(&endpoint, "endpoint", "", "custom endpoint URL, for an emulator of your choice")
	c.Flags().StringVar(&stack, "stack", "", "stack name; made of the project's and the sandbox's without it")
	return c
}

func (r *run) sandboxRemoveCommand() *cobra.Command {
	return &cobra.Command{Use: "remove NAME [PROJECT]", Short: "Forget a sandbox; what is deployed there stays", Args: between(1, 2, "the sandbox's name"),
		Example:           `  airloom sandbox remove dev shop`,
		ValidArgsFunction: r.node(own),
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.reach(cmd.Context(), first(got[1:]))
			if err != nil {
				return err
			}
			if err := s.RemoveSandbox(cmd.Context(), got[0]); err != nil {
				return err
			}
			r.view.say("removed %s", got[0])
			return r.view.data(map[string]string{"removed": got[0]}, func(io.Writer) {})
		}}
}

func writeFile(name, text string) error {
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		return fault.Wrap(err, fault.Denied, "writing the file").Try("name a file in a folder that you may write to")
	}
	return nil
}
