package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// columns is the width of the terminal behind a stream, 0 where it does not tell; false where there is no terminal.
func columns(f *os.File) (int, bool) {
	var mode uint32
	if windows.GetConsoleMode(windows.Handle(f.Fd()), &mode) != nil {
		return 0, false
	}
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info) != nil {
		return 0, true // an input console has no width
	}
	return int(info.Window.Right-info.Window.Left) + 1, true
}
