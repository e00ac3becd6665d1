package pack

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
)

// Project packs the units of a project's folder, in their order, and gives what a bundle needs of them. Where hostArch is
// set, native code is built for this machine instead of Lambda's: the one allowed difference between the bundles of the
// embedded sandbox and of the cloud. Of several failures one is the error; the others are events at their nodes.
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
		failures := causes(err)
		if ctx.Err() == nil {
			for _, f := range failures[1:] {
				sink(event.Event{Type: event.Warn, Level: event.Error, Node: f.Where, Text: text(f), Data: event.Data{Hint: f.Hint}})
			}
		}
		return nil, failures[0]
	}
	out := make([]generate.Packed, len(artifacts))
	for i, a := range artifacts {
		out[i] = generate.Packed{Name: a.Name, Cached: a.Cached, TookMS: float64(a.Took.Microseconds()) / 1000, LeftOut: a.LeftOut, Warnings: a.Warnings, Inputs: a.Inputs,
			Artifact: generate.Artifact{Node: units[i].Node, Key: a.Digest + ".zip", Path: a.Path, Digest: a.Digest, Size: a.Size, Unzipped: a.Unzipped}}
		for _, w := range a.Warnings {
			sink(event.Event{Type: event.Warn, Level: event.Warning, Node: a.Node, Text: w})
		}
	}
	return out, nil
}

// causes takes what Pack joined apart.
func causes(err error) []*fault.Error {
	f := fault.As(err)
	var several interface{ Unwrap() []error }
	if error(f) == err || !errors.As(err, &several) {
		return []*fault.Error{f}
	}
	var all []*fault.Error
	for _, e := range several.Unwrap() {
		all = append(all, causes(e)...)
	}
	return all
}

// text is a failure without its place, which the event has.
func text(f *fault.Error) string { return strings.TrimPrefix(f.Error(), f.Where+": ") }
