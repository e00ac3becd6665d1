package pack

import (
	"context"
	"path/filepath"
	"regexp"

	"airloom/backend/fault"
)

var dotnetVersion = regexp.MustCompile(`^dotnet(\d+)$`)

// dotnet publishes the project as Amazon.Lambda.Tools does, without anything of this machine in the assemblies.
// https://docs.aws.amazon.com/lambda/latest/dg/csharp-package-cli.html
func dotnet(ctx context.Context, j *job) error {
	u := j.unit
	version := dotnetVersion.FindStringSubmatch(u.Runtime)
	if version == nil {
		return fault.New(fault.Unsupported, "the runtime %q is not known", u.Runtime).At(u.Node).Try("Choose dotnet8 or dotnet10.")
	}
	j.inputs.never() // a project that it refers to may have changed
	work, err := j.temp()
	if err != nil {
		return err
	}
	out := filepath.Join(work, "publish")
	args := []string{"dotnet", "publish", "--configuration", "Release", "--framework", "net" + version[1] + ".0",
		"--runtime", u.OS + map[string]string{"arm64": "-arm64", "x86_64": "-x64"}[u.Arch], "--self-contained", "false", "--output", out, "--nologo",
		"-p:GenerateRuntimeConfigurationFiles=true", "-p:Deterministic=true", "-p:ContinuousIntegrationBuild=true", "-p:DebugType=none",
		"-p:PathMap=" + u.Dir + "=/src"}
	j.log("publishing %s with dotnet", u.Name)
	env := []string{"DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_NOLOGO=1"}
	if _, err := j.tool(ctx, Cmd{Dir: u.Dir, Args: args, Env: env}, "publishing "+u.Name); err != nil {
		return err
	}
	return j.tree(out, "", false, nil)
}
