package pack

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
)

// Project packs the units of a project's folder, in their order, and gives what a bundle needs of them. Where hostArch is
// set, native code is built for this machine instead of Lambda's: the one allowed difference between the bundles of the
// embedded sandbox and of the cloud.
func (p *Packer) Project(ctx context.Context, folder string, units []kind.Unit, hostArch string, sink event.Sink) ([]generate.Packed, error) {
	in := make([]Unit, len(units))
	for i, u := range units {
		in[i] = Unit{Node: string(u.Node), Name: u.Name, Dir: filepath.Join(folder, filepath.FromSlash(u.Source)), Root: folder, Runtime: u.Runtime,
			Handler: u.Handler, Arch: u.Arch, Build: u.Build, Output: u.Output, Externals: u.Externals, Format: u.Format}
		if hostArch != "" {
			in[i].Arch, in[i].OS = hostArch, runtime.GOOS
		}
	}
	artifacts, err := p.Pack(ctx, in, func(done Progress) {
		sink(event.Event{Type: event.Tick, Node: done.Node, Text: fmt.Sprintf("packed %s (%d of %d)", done.Name, done.Done, done.Total),
			Data: event.Data{Progress: float64(done.Done) / float64(done.Total)}})
	})
	if err != nil {
		return nil, err
	}
	out := make([]generate.Packed, len(artifacts))
	for i, a := range artifacts {
		if a.Unzipped > MaxUnzipped {
			return nil, fault.New(fault.Limit, "%s is %d MB unzipped, Lambda takes 250 MB", a.Name, a.Unzipped>>20).At(a.Node).
				Try("leave out what is not needed, or move large files to a bucket")
		}
		out[i] = generate.Packed{Name: a.Name, Cached: a.Cached, TookMS: float64(a.Took.Microseconds()) / 1000, LeftOut: a.LeftOut, Warnings: a.Warnings, Inputs: a.Inputs,
			Artifact: generate.Artifact{Node: units[i].Node, Key: a.Digest + ".zip", Path: a.Path, Digest: a.Digest, Size: a.Size, Unzipped: a.Unzipped}}
		for _, w := range a.Warnings {
			sink(event.Event{Type: event.Warn, Level: event.Warning, Node: a.Node, Text: w})
		}
	}
	return out, nil
}
