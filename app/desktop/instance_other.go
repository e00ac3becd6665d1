//go:build desktop && !linux

package desktop

import "github.com/wailsapp/wails/v2/pkg/options"

// claim leaves it to wails; see lock.
func claim(Options, *window) (first bool, release func(), err error) {
	return true, func() {}, nil
}

// lock is wails' single instance: it ends a second process itself.
func lock(o Options, w *window) *options.SingleInstanceLock {
	if o.Instance == "" {
		return nil
	}
	return &options.SingleInstanceLock{
		UniqueId: o.Instance,
		OnSecondInstanceLaunch: func(d options.SecondInstanceData) {
			w.Raise()
			if o.OnSecond != nil {
				o.OnSecond(d.Args, d.WorkingDirectory)
			}
		},
	}
}
