//go:build linux && desktop

package desktop

import (
	"fmt"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
	"github.com/wailsapp/wails/v2/pkg/options"
)

// claim makes this process the one window of the user's session, or hands its arguments to the one that is and says so.
// Without a session bus every window is the first: then the project file's own lock keeps writers apart. wails has the
// same, but only after it built a window, and it ends the second process as a failure.
func claim(o Options, w *window) (first bool, release func(), err error) {
	nobody := func() {}
	if o.Instance == "" || !hasSessionBus() {
		return true, nobody, nil
	}
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		o.Log("window: no session bus, so no single instance: %v", err)
		return true, nobody, nil
	}
	release = func() { _ = conn.Close() }
	name := "app.airloom." + strings.Map(letter, o.Instance)
	path := dbus.ObjectPath("/" + strings.ReplaceAll(name, ".", "/"))
	open := second(func(args []string, dir string) {
		w.Raise()
		if o.OnSecond != nil {
			o.OnSecond(args, dir)
		}
	})
	if err := conn.Export(open, path, name); err != nil {
		release()
		return false, nobody, fmt.Errorf("offer this window on the session bus: %w", err)
	}
	reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err != nil {
		release()
		return false, nobody, fmt.Errorf("claim %s on the session bus: %w", name, err)
	}
	if reply == dbus.RequestNameReplyPrimaryOwner {
		return true, release, nil
	}
	defer release()
	dir, err := os.Getwd()
	if err != nil {
		return false, nobody, fmt.Errorf("find the working directory: %w", err)
	}
	if err := conn.Object(name, path).Call(name+".Open", 0, os.Args[1:], dir).Err; err != nil {
		return false, nobody, fmt.Errorf("hand over to the open window: %w", err)
	}
	return false, nobody, nil
}

// second is what the first window offers on the bus. Only the same user reaches that bus.
type second func(args []string, dir string)

// Open is called by a later start, with its arguments and its working directory.
func (s second) Open(args []string, dir string) *dbus.Error {
	go s(args, dir)
	return nil
}

// hasSessionBus looks without starting one, which dbus.ConnectSessionBus would.
func hasSessionBus() bool {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	_, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid()))
	return err == nil
}

// letter keeps what a bus name may hold.
func letter(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' {
		return r
	}
	return '_'
}

// lock is wails' own, not used here.
func lock(Options, *window) *options.SingleInstanceLock { return nil }
