package desktop

import (
	"net/netip"
	"net/url"
	"os/exec"
	"runtime"
	"slices"
	"strings"

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

// BrowseDeployed opens an address that a deployment gave, which its caller has made sure of: https, or plain http on this
// machine, where the embedded sandbox listens.
func BrowseDeployed(address string) error {
	u, err := deployed(address)
	if err != nil {
		return err
	}
	return launch(u)
}

func deployed(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Hostname() == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return "", refused(address)
	}
	return u.String(), nil
}

func loopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	// Every name below localhost is this machine's (https://www.rfc-editor.org/rfc/rfc6761#section-6.3).
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func refused(address string) error {
	return fault.New(fault.Denied, "this address is not opened from Airloom").At(address).
		Try("copy it into a browser if you trust it")
}

func allowed(address string, hosts []string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || !slices.Contains(hosts, u.Hostname()) {
		return "", refused(address)
	}
	return u.String(), nil
}

// launch starts the system's opener and does not wait for it. The address is one argument and starts with http.
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
