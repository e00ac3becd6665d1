// Package desktop is a window around the one handler of app/web. It is the only package that imports wails, and it
// binds nothing: the page in the window reaches Go through the same requests as a browser, and wails' own message
// channel is closed. Built without the tag `desktop` it is a stub that says so. It may import wails, fault, and nothing
// else of ours.
package desktop

import (
	"net/http"
	"runtime"
)

// Options of a window.
type Options struct {
	Title   string
	Handler http.Handler // answers everything the page asks for; guarded by its owner (token, origin, CSP)
	// StartPath is the page with its token, for instance "/?token=…". Its path must be "/".
	StartPath string
	Menu      []MenuItem      // top level: titles with items
	OnMenu    func(id string) // a menu item was chosen
	// OnReady hands over the window before its page loads.
	OnReady func(Window)
	// OnClose says whether the window may close; nil: always. It runs on its own goroutine and may ask the user.
	OnClose func() (allow bool)
	// OpenExternal opens an address that a user clicked and that is not ours; nil: none is opened. See Browse.
	OpenExternal func(url string) error
	// Instance, when set, makes a second start with the same value hand its arguments to the first and end.
	Instance string
	OnSecond func(args []string, dir string)
	Icon     []byte // PNG, shown where the desktop shows windows
	Log      func(format string, args ...any)
}

// MenuItem is one entry of the menu bar, as data. Items make it a submenu; no ID and no Items make it a separator.
type MenuItem struct {
	ID    string
	Title string
	// Key is an accelerator such as "Ctrl+O". The window takes it before the page sees it: give one only to
	// what the page does not handle itself, and never to what edits text.
	Key   string
	Items []MenuItem
}

// Window is an open window. Its methods may be called from any goroutine but the toolkit's own.
type Window interface {
	Dialogs
	SetTitle(string)
	Raise()
	// Close asks OnClose, as the close button does.
	Close()
}

// Dialogs are the questions that only a person at the window can answer: no page and no script can.
// An empty path, or false, means that the person declined.
type Dialogs interface {
	OpenFile(title string, patterns []string) (string, error) // patterns: "*.airloom"
	OpenFolder(title string) (string, error)
	SaveFile(title, suggested string) (string, error)
	Confirm(title, text, ok string) (bool, error) // ok is the label of the button that agrees
}

// Host is the Host header of the window's requests, and Origin their Origin: the door must accept them.
func Host() string {
	if runtime.GOOS == "windows" {
		return "wails.localhost"
	}
	return "wails"
}

// Origin is the origin of the page in the window.
func Origin() string {
	if runtime.GOOS == "windows" {
		return "http://" + Host()
	}
	return "wails://" + Host()
}
