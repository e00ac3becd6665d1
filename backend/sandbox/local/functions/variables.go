package functions

import (
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// variables are the environment of a function's process: Lambda's defaults, the function's own, Lambda's reserved ones, and
// what the sandbox adds, in rising order of precedence. Of the environment of this process only the necessities pass.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
func (e *environment) variables(i interpreter, bootstraps string) []string {
	spec, d := e.spec, e.host.deps
	all := map[string]string{"TZ": ":UTC", "LANG": "en_US.UTF-8"}
	if runtime.GOOS == "windows" {
		all["TZ"] = "UTC"
	}
	for _, v := range necessities() {
		name, value, _ := strings.Cut(v, "=")
		all[name] = value
	}
	if i.family == "nodejs" {
		all["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true" // Warnings says it once, not every cold start
	}
	if i.family == "python" {
		all["PYTHONPYCACHEPREFIX"] = e.host.path("pycache") // the code folder is read-only, as Lambda's is
		all["PYTHONUSERBASE"] = i.base                      // HOME is another, and boto3 may lie there
		all["PYTHONIOENCODING"] = "utf-8"
	}
	maps.Copy(all, spec.Environment)
	maps.Copy(all, map[string]string{
		"_HANDLER":                        spec.Handler,
		"AWS_DEFAULT_REGION":              d.Region,
		"AWS_EC2_METADATA_DISABLED":       "true",
		"AWS_EXECUTION_ENV":               "AWS_Lambda_" + spec.Runtime,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(spec.MemoryMB),
		"AWS_LAMBDA_FUNCTION_NAME":        spec.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       spec.LogGroup,
		"AWS_LAMBDA_LOG_STREAM_NAME":      e.log.name,
		"AWS_LAMBDA_RUNTIME_API":          e.api.address,
		"AWS_REGION":                      d.Region,
		"HOME":                            e.scratch,
		"LAMBDA_RUNTIME_DIR":              bootstraps,
		"LAMBDA_TASK_ROOT":                e.code,
		"TEMP":                            e.scratch,
		"TMP":                             e.scratch,
		"TMPDIR":                          e.scratch,
		guardVariable:                     e.host.guard.token,
	})
	maps.Copy(all, d.Environment(spec))
	out := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, name+"="+all[name])
	}
	return out
}

// necessities are the variables without which programs do not start: where they are, and what Windows keeps its own under.
func necessities() []string {
	var out []string
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "SystemDrive", "PATHEXT", "COMSPEC"} {
		if v, ok := os.LookupEnv(name); ok {
			out = append(out, name+"="+v)
		}
	}
	return out
}
