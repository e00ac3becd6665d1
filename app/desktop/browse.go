package desktop

import (
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
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

// launch opens an address, which starts with http.
func launch(address string) error {
	return begin(opener(runtime.GOOS, address), "start a browser", address, "open the address by hand")
}

func opener(system, address string) []string {
	switch system {
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", address}
	case "darwin":
		return []string{"open", address}
	}
	return []string{"xdg-open", address}
}

// Reveal shows a folder in the system's file manager. It opens no file: systems run programs and scripts that are opened.
func Reveal(folder string) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() || !filepath.IsAbs(folder) {
		return fault.New(fault.Denied, "only folders are shown").At(folder)
	}
	return begin(revealer(runtime.GOOS, folder), "start the file manager", folder, "open the folder by hand")
}

// revealer shows a folder. On macOS a folder may be a program, which is started where it is opened: there it is shown in the
// one above.
func revealer(system, folder string) []string {
	switch system {
	case "windows":
		return []string{"explorer", folder}
	case "darwin":
		return []string{"open", "-R", folder}
	}
	return []string{"xdg-open", folder}
}

// begin starts the system's opener and does not wait for it. What is opened is one argument, and no option: it starts with
// http or is an absolute path.
func begin(command []string, doing, what, instead string) error {
	cmd := exec.Command(command[0], command[1:]...)
	if err := cmd.Start(); err != nil {
		return fault.Wrap(err, fault.Unavailable, "%s", doing).At(what).Try("%s", instead)
	}
	go func() { _ = cmd.Wait() }() // the opener's own end; its exit tells nothing about what it opened
	return nil
}
