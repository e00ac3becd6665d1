//go:build linux && desktop

package desktop

/*
#cgo pkg-config: gtk+-3.0 webkit2gtk-4.1
#include <stdlib.h>
#include "guard_linux.h"
*/
import "C"

import (
	"context"
	"os"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Available says whether a window can be opened here, and if not, why. Call it from the main goroutine.
func Available() (bool, string) {
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return false, "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
	}
	runtime.LockOSThread() // GTK belongs to the thread that starts it, for ever
	if C.airloom_can_open() == 0 {
		return false, "the display does not answer"
	}
	return true, ""
}

// guard keeps the web view on our page (QUALITY W2, W8, S3, S4).
type guard struct {
	start    string
	external func(string) error
	log      func(string, ...any)
}

// installed is the guard of the one window; C calls back without an argument of ours.
var installed atomic.Pointer[guard]

// answers carries the answer of the one open Confirm.
var answers = make(chan bool)

func (g *guard) install(context.Context) {
	installed.Store(g)
	start := C.CString(g.start)
	defer C.free(unsafe.Pointer(start))
	C.airloom_guard(start)
}

// mendSignals makes a nil dereference in Go survivable again; see guard_linux.c. Cheap: six system calls.
func (g *guard) mendSignals() { C.airloom_mend_signals() }

//export airloomGuarded
func airloomGuarded(views C.int) {
	if g := installed.Load(); g != nil && views != 1 {
		g.log("window: %d web views are guarded, expected 1", int(views))
	}
}

//export airloomRefused
func airloomRefused(uri *C.char, clicked C.int) {
	g, address := installed.Load(), C.GoString(uri)
	if g == nil {
		return
	}
	g.log("window: refused to leave for %.200q", address)
	if clicked == 0 || g.external == nil {
		return
	}
	go func() { // the GTK thread does not wait for a browser
		if err := g.external(address); err != nil {
			g.log("window: %v", err)
		}
	}()
}

//export airloomConfirmed
func airloomConfirmed(yes C.int) {
	go func() { answers <- yes != 0 }() // the GTK thread must not wait
}

// confirm asks with GTK itself: wails' dialog takes the text as a printf format and has no labels.
func confirm(_ context.Context, title, text, ok string) (bool, error) {
	cTitle, cText, cOK := C.CString(title), C.CString(text), C.CString(ok)
	defer C.free(unsafe.Pointer(cTitle))
	defer C.free(unsafe.Pointer(cText))
	defer C.free(unsafe.Pointer(cOK))
	C.airloom_confirm(cTitle, cText, cOK)
	return <-answers, nil
}
