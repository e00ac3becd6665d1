//go:build !linux

package functions

// watch does nothing here: these systems show the memory of another process only through tools. The heap of Node.js is
// limited by its own option all the same.
type watch struct{}

func (*watch) add(*environment)    {}
func (*watch) remove(*environment) {}

func limit(int, int) {}

func (*environment) peak() int64 { return 0 }
