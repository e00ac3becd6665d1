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
	c := &cobra.Command{Use: "sandbox", Short: "List, add and remove the project's sandboxes"}
	c.AddCommand(&cobra.Command{Use: "list [PROJECT]", Short: "List the sandboxes", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.project(cmd.Context(), first(got))
			if err != nil {
				return err
			}
			list, err := s.Sandboxes()
			if err != nil {
				return err
			}
			return r.view.data(list, func(w io.Writer) {
				for _, b := range list {
					table(w, []string{b.Name, b.Type, b.Detail})
				}
			})
		}})
	var conf app.SandboxConfig
	var profile, region, endpoint, stack string
	add := &cobra.Command{Use: "add NAME [PROJECT]", Short: "Name a sandbox in your own AWS account", Args: args(1, "the sandbox's name"),
		Long:    "Add names a place to deploy to. Credentials stay where they are: in your own AWS configuration, under the profile.",
		Example: `  airloom sandbox add dev shop --profile me --region eu-central-1`,
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.project(cmd.Context(), first(got[1:]))
			if err != nil {
				return err
			}
			conf.Name, conf.Type, conf.Config = got[0], "aws", map[string]string{}
			for k, v := range map[string]string{"profile": profile, "region": region, "endpoint": endpoint, "stack": stack} {
				if v != "" {
					conf.Config[k] = v
				}
			}
			conf.Detail = fmt.Sprintf("profile %s, region %s", or(profile, "default"), or(region, "of the profile"))
			return s.AddSandbox(cmd.Context(), conf)
		}}
	add.Flags().StringVar(&profile, "profile", "", "profile of your AWS configuration")
	add.Flags().StringVar(&region, "region", "", "region; the profile's without it")
	add.Flags().StringVar(&endpoint, "endpoint", "", "custom endpoint URL, for an emulator of your choice")
	add.Flags().StringVar(&stack, "stack", "", "stack name; made of the project's and the sandbox's without it")
	c.AddCommand(add, &cobra.Command{Use: "remove NAME [PROJECT]", Short: "Forget a sandbox; what is deployed there stays", Args: args(1, "the sandbox's name"),
		RunE: func(cmd *cobra.Command, got []string) error {
			s, err := r.project(cmd.Context(), first(got[1:]))
			if err != nil {
				return err
			}
			return s.RemoveSandbox(cmd.Context(), got[0])
		}})
	return c
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func writeFile(name, text string) error {
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		return fault.Wrap(err, fault.Denied, "writing %s", name)
	}
	return nil
}
