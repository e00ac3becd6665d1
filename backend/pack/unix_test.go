//go:build unix

package pack_test

import (
	"syscall"
	"testing"
)

// pipe makes a named pipe, which blocks whoever opens it.
func pipe(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
}

// umask sets the mode bits that new files lack, for the length of a test.
func umask(t *testing.T, mask int) {
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}
