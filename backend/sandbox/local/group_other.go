//go:build !unix

package local

import "os/exec"

// group leaves the command as it is: this system has no process groups.
func group(*exec.Cmd) {}

func endGroup(*exec.Cmd) {}
