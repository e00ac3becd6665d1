//go:build desktop

package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/menu"
	"github.com/wailsapp/wails/v2/pkg/menu/keys"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	wailsruntime "github.com/wailsapp/wails/v2/pkg/runtime"

	"airloom/backend/fault"
)

// Run opens the window and blocks until it is closed or ctx ends. Call it from the main goroutine: toolkits want the
// main thread. It can be called once in a process. A second start (see Options.Instance) returns nil without a window.
func Run(ctx context.Context, o Options) (err error) {
	if ok, why := Available(); !ok {
		return fault.New(fault.Unavailable, "no window can be opened here: %s", why).Try("`airloom serve` shows the same interface in a browser")
	}
	start, err := address(o.StartPath)
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	bar, err := menuBar(o.Menu, o.OnMenu)
	if err != nil {
		return fmt.Errorf("build the menu: %w", err)
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	defer func() { // wails panics where the toolkit cannot start
		if p := recover(); p != nil {
			err = fault.New(fault.Unavailable, "the window could not be opened: %v", p).Try("`airloom serve` shows the same interface in a browser")
		}
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	ctx, end := context.WithCancel(ctx)
	defer end()
	w := &window{ready: make(chan struct{})}
	first, release, err := claim(o, w)
	defer release()
	if err != nil || !first {
		return err
	}
	killed := make(chan os.Signal, 1)
	signal.Notify(killed, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(killed)
	g := &guard{start: start, external: o.OpenExternal, log: o.Log}
	settings := &options.App{
		Title: o.Title,
		Width: 1280, Height: 800, MinWidth: 800, MinHeight: 560,
		AssetServer:        &assetserver.Options{Handler: newHost(ctx, o.Handler, g.mendSignals, o.Log)},
		BackgroundColour:   options.NewRGB(250, 250, 248),
		Menu:               bar,
		LogLevelProduction: logger.ERROR,
		Logger:             logs{o.Log},
		Linux:              &linux.Options{WebviewGpuPolicy: linux.WebviewGpuPolicyNever, ProgramName: "airloom", Icon: o.Icon},
		SingleInstanceLock: lock(o, w),
		DragAndDrop:        &options.DragAndDrop{EnableFileDrop: false, DisableWebViewDrop: true},
		OnStartup: func(wailsCtx context.Context) {
			w.ctx = wailsCtx
			close(w.ready)
			if o.OnReady != nil {
				o.OnReady(w)
			}
			g.install(wailsCtx)
			context.AfterFunc(ctx, func() {
				w.forced.Store(true)
				wailsruntime.Quit(wailsCtx)
			})
		},
		OnBeforeClose: func(context.Context) (prevent bool) {
			// wails listens to the same signals and may close before ctx ends: whoever sent one is not asked. Stop waits until a
			// signal that is being delivered has reached everybody.
			signal.Stop(make(chan os.Signal))
			return !w.forced.Load() && len(killed) == 0 && o.OnClose != nil && !o.OnClose()
		},
	}
	if err := wails.Run(settings); err != nil {
		return fault.Wrap(err, fault.Unavailable, "open the window")
	}
	return nil
}

// window is a Window through wails' runtime.
type window struct {
	ctx    context.Context // wails' own, from OnStartup
	ready  chan struct{}   // closed when ctx is set
	forced atomic.Bool     // closing is not up to OnClose any more
	asking sync.Mutex      // one dialog at a time: wails has one channel for the answers of all
}

var _ Window = (*window)(nil)

func (w *window) SetTitle(title string) { wailsruntime.WindowSetTitle(w.ctx, title) }

func (w *window) Raise() {
	<-w.ready // another start may call before this one is up
	wailsruntime.WindowUnminimise(w.ctx)
	wailsruntime.WindowShow(w.ctx)
}

func (w *window) Close() { wailsruntime.Quit(w.ctx) }

func (w *window) OpenFile(title string, patterns []string) (string, error) {
	w.asking.Lock()
	defer w.asking.Unlock()
	all := strings.Join(patterns, ";")
	o := wailsruntime.OpenDialogOptions{Title: title}
	if all != "" {
		o.Filters = []wailsruntime.FileFilter{{DisplayName: all, Pattern: all}}
	}
	path, err := wailsruntime.OpenFileDialog(w.ctx, o)
	return path, asked(err)
}

func (w *window) OpenFolder(title string) (string, error) {
	w.asking.Lock()
	defer w.asking.Unlock()
	path, err := wailsruntime.OpenDirectoryDialog(w.ctx, wailsruntime.OpenDialogOptions{Title: title, CanCreateDirectories: true})
	return path, asked(err)
}

func (w *window) SaveFile(title, suggested string) (string, error) {
	w.asking.Lock()
	defer w.asking.Unlock()
	path, err := wailsruntime.SaveFileDialog(w.ctx, wailsruntime.SaveDialogOptions{Title: title, DefaultFilename: suggested, CanCreateDirectories: true})
	return path, asked(err)
}

func (w *window) Confirm(title, text, ok string) (bool, error) {
	w.asking.Lock()
	defer w.asking.Unlock()
	yes, err := confirm(w.ctx, title, text, ok)
	return yes, asked(err)
}

func asked(err error) error {
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "show the dialog")
	}
	return nil
}

// menuBar turns the data into wails' menu; nil for no items.
func menuBar(items []MenuItem, chosen func(id string)) (*menu.Menu, error) {
	if len(items) == 0 {
		return nil, nil
	}
	bar := menu.NewMenu()
	if runtime.GOOS == "darwin" { // there texts are copied and pasted by the menu's own items
		bar.Append(menu.AppMenu())
		bar.Append(menu.EditMenu())
	}
	for _, top := range items {
		if len(top.Items) == 0 {
			return nil, errors.New("the menu bar holds menus only, not " + top.Title)
		}
		if err := fill(bar.AddSubmenu(top.Title), top.Items, chosen); err != nil {
			return nil, err
		}
	}
	return bar, nil
}

func fill(m *menu.Menu, items []MenuItem, chosen func(id string)) error {
	for _, i := range items {
		switch {
		case len(i.Items) > 0:
			if err := fill(m.AddSubmenu(i.Title), i.Items, chosen); err != nil {
				return err
			}
		case i.ID == "":
			m.AddSeparator()
		default:
			var key *keys.Accelerator
			if i.Key != "" {
				var err error
				if key, err = keys.Parse(strings.ReplaceAll(i.Key, "Ctrl", "CmdOrCtrl")); err != nil {
					return fmt.Errorf("key %q of %s: %w", i.Key, i.ID, err)
				}
			}
			m.AddText(i.Title, key, func(*menu.CallbackData) {
				if chosen != nil {
					chosen(i.ID)
				}
			})
		}
	}
	return nil
}

// logs passes what wails says on. Its messages hold addresses with our token at times: those are cut.
type logs struct{ to func(string, ...any) }

func (l logs) Print(m string)   { l.say(m) }
func (l logs) Trace(m string)   { l.say(m) }
func (l logs) Debug(m string)   { l.say(m) }
func (l logs) Info(m string)    { l.say(m) }
func (l logs) Warning(m string) { l.say(m) }
func (l logs) Error(m string)   { l.say(m) }
func (l logs) Fatal(m string)   { l.say(m) }

func (l logs) say(m string) {
	head, _, cut := strings.Cut(m, "token=")
	if cut {
		head += "token=…"
	}
	l.to("window: %s", head)
}
