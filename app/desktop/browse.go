package desktop

import (
	"net/url"
	"os/exec"
	"runtime"
	"slices"

	"airloom/backend/fault"
)

// Browse opens addresses in the user's browser: https only, and only on the given hosts (exact names). Everything
// else is refused, so that no drawing, log line or cloud text can open a page of its own choosing.
func Browse(hosts ...string) func(address string) error {
	return func(address string) error {
		u, err := allowed(address, hosts)
		if err != nil {
			return err
		}
		return launch(u)
	}
}

func allowed(address string, hosts []string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || !slices.Contains(hosts, u.Hostname()) {
		return "", fault.New(fault.Denied, "this address is not opened from Airloom").At(address).
			Try("copy it into a browser if you trust it")
	}
	return u.String(), nil
}

// launch starts the system's opener and does not wait for it. The address is one argument and starts with https.
func launch(address string) error {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", address)
	case "darwin":
		cmd = exec.Command("open", address)
	default:
		cmd = exec.Command("xdg-open", address)
	}
	if err := cmd.Start(); err != nil {
		return fault.Wrap(err, fault.Unavailable, "start a browser").At(address).Try("open the address by hand")
	}
	go func() { _ = cmd.Wait() }() // the opener's own end; its exit tells nothing about the page
	return nil
}
