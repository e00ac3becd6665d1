package pack

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"airloom/backend/fault"
)

// Limits of a deployment package, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	MaxUnzipped = 250 << 20 // the function and its layers together, unzipped
	MaxDirect   = 50 << 20  // a zip uploaded in the API call itself; a larger one travels through S3
)

// level is part of what makes zips equal: a change of it changes every digest.
const level = 6

// epoch is when every file of a zip was changed last: the first time that a zip can express.
var epoch = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// entry is one file on its way into a zip: bytes in memory, or something to open.
type entry struct {
	name string // slash-separated, relative
	exec bool
	size int64
	data []byte
	open func() (io.ReadCloser, error)
}

func inMemory(name string, data []byte) entry {
	return entry{name: name, size: int64(len(data)), data: data}
}

// job is one unit being packed: what a builder collects.
type job struct {
	run      *run
	unit     Unit
	began    time.Time
	inputs   *inputs
	entries  []entry
	leftOut  []string
	warnings []string
	closers  []func()
	together map[string]*bundled // what was bundled in one go, by module.output
}

func (j *job) close() {
	for _, c := range slices.Backward(j.closers) {
		c()
	}
}

func (j *job) warn(format string, args ...any) {
	j.warnings = append(j.warnings, fmt.Sprintf(format, args...))
}

// temp makes a folder that lives as long as the job, within the cache (the same volume, so that renames work).
func (j *job) temp() (string, error) {
	dir, err := os.MkdirTemp(j.run.packer.deps.CacheDir, "work-")
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "making a folder to build in").At(j.unit.Node)
	}
	j.closers = append(j.closers, func() { os.RemoveAll(dir) })
	return dir, nil
}

// zip writes the collected entries into the cache, under their digest.
func (j *job) zip(ctx context.Context) (Artifact, error) {
	if err := j.checkSize(); err != nil {
		return Artifact{}, err
	}
	if len(j.entries) == 0 {
		return Artifact{}, fault.New(fault.Invalid, "%q has no files to pack", j.unit.Name).At(j.unit.Node).
			Try("Put its source there, or let its build command write some.")
	}
	fail := func(err error) (Artifact, error) {
		if ctx.Err() != nil {
			return Artifact{}, canceled(j.unit, ctx.Err())
		}
		code, hint := fault.Unavailable, "Look at the disk that the cache is on: it may be full, or gone."
		if e := fault.As(err); e.Code != fault.Internal {
			code, hint = e.Code, e.Hint
		}
		return Artifact{}, fault.Wrap(err, code, "writing the zip of %q", j.unit.Name).At(j.unit.Node).Try("%s", hint)
	}
	file, err := os.CreateTemp(j.run.packer.deps.CacheDir, "zip-")
	if err != nil {
		return fail(err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	sum, out := sha256.New(), bufio.NewWriterSize(file, int(min(64<<10, 4<<10+j.unzipped())))
	count := &counter{w: io.MultiWriter(sum, out)}
	machines, err := writeZip(ctx, count, j.entries, j.run.deflate)
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = file.Chmod(0o644)
	}
	if e := file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fail(err)
	}
	a := Artifact{Digest: hex.EncodeToString(sum.Sum(nil)), Size: count.n, Unzipped: j.unzipped(), LeftOut: slices.Sorted(slices.Values(j.leftOut))}
	a.Path = j.run.packer.zipPath(a.Digest)
	if err := os.Rename(file.Name(), a.Path); err != nil {
		return fail(err)
	}
	for _, e := range j.entries {
		a.Files = append(a.Files, File{e.name, e.size, e.exec})
	}
	j.judge(a.Size, machines)
	slices.Sort(j.warnings)
	a.Warnings = j.warnings
	return a, nil
}

// judge warns of what Lambda takes all the same.
func (j *job) judge(size int64, machines map[string]string) {
	if size > MaxDirect {
		j.warn("the zip has %s, more than the %s that can be uploaded directly: it goes through S3", megabytes(size), megabytes(MaxDirect))
	}
	for machine, name := range machines {
		if machine != j.unit.Arch {
			j.warn("%s is native code for %s, the function runs on %s", name, machine, j.unit.Arch)
		}
	}
}

// checkSize refuses what Lambda would refuse, before anything is read.
func (j *job) checkSize() error {
	total := j.unzipped()
	if total <= MaxUnzipped {
		return nil
	}
	large := slices.SortedFunc(slices.Values(j.entries), func(a, b entry) int { return cmp.Compare(b.size, a.size) })
	var names []string
	for _, e := range large[:min(3, len(large))] {
		names = append(names, e.name+" "+megabytes(e.size))
	}
	return fault.New(fault.Limit, "%q has %s unzipped, Lambda takes %s; the largest: %s",
		j.unit.Name, megabytes(total), megabytes(MaxUnzipped), strings.Join(names, ", ")).At(j.unit.Node).
		Try("Leave out what the function does not need, or read it from S3 or EFS at run time.")
}

// unzipped is the size of all entries together.
func (j *job) unzipped() (total int64) {
	for _, e := range j.entries {
		total += e.size
	}
	return total
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

// compressors are kept: a new one costs more than most functions' compression. A sync.Pool would lose them to the garbage
// collector just when many small functions are packed.
type compressors chan *flate.Writer

func (c compressors) get(w io.Writer) (io.WriteCloser, error) {
	select {
	case f := <-c:
		f.Reset(w)
		return compressor{f, c}, nil
	default:
	}
	f, err := flate.NewWriter(w, level)
	return compressor{f, c}, err
}

type compressor struct {
	*flate.Writer
	back compressors
}

func (c compressor) Close() error {
	err := c.Writer.Close()
	select {
	case c.back <- c.Writer:
	default:
	}
	return err
}

// writeZip sorts the entries by name and writes them so that only names, contents and the executable bit matter:
// no times of theirs, no owners. It gives one file's name per architecture of native code (ELF) among them.
func writeZip(ctx context.Context, w io.Writer, entries []entry, deflate compressors) (machines map[string]string, err error) {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, deflate.get)
	if err := checkNames(entries); err != nil {
		return nil, err
	}
	machines = map[string]string{}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: epoch}
		h.SetMode(0o644)
		if e.exec {
			h.SetMode(0o755)
		}
		out, err := z.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if err := e.copyTo(out, machines); err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return machines, z.Close()
}

// validName says whether every system takes a slash-separated name for the same file.
func validName(name string) bool {
	return fs.ValidPath(name) && name != "." && !strings.Contains(name, `\`) && !strings.ContainsFunc(name, unicode.IsControl)
}

// checkNames refuses what cannot be unpacked side by side.
func checkNames(entries []entry) error {
	taken := make(map[string]bool, len(entries))
	for _, e := range entries {
		if !validName(e.name) {
			return fault.New(fault.Invalid, "%q cannot be the name of a file in a zip", e.name).Try("Rename it.")
		}
		if taken[e.name] {
			return fault.New(fault.Conflict, "two files are named %q", e.name).Try("Keep one of them.")
		}
		taken[e.name] = true
	}
	for _, e := range entries {
		for folder := path.Dir(e.name); folder != "."; folder = path.Dir(folder) {
			if taken[folder] {
				return fault.New(fault.Conflict, "%q is a file, and the folder of %q", folder, e.name).Try("Rename one of them.")
			}
		}
	}
	return nil
}

func (e entry) copyTo(w io.Writer, machines map[string]string) error {
	var r io.Reader = bytes.NewReader(e.data)
	if e.open != nil {
		f, err := e.open()
		if err != nil {
			return err
		}
		defer f.Close()
		r = io.LimitReader(f, e.size+1) // a file that grows, or an archive that lies, is noticed below
	}
	head := make([]byte, 20)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if m := machineOf(head[:n]); m != "" && machines[m] == "" {
		machines[m] = e.name
	}
	copied, err := io.Copy(w, io.MultiReader(bytes.NewReader(head[:n]), r))
	if err == nil && copied != e.size {
		return fault.New(fault.Conflict, "changed while it was packed: %d bytes instead of %d", copied, e.size).Try("Pack again.")
	}
	return err
}

// machineOf gives the Lambda name of the architecture of an ELF file, "" for anything else.
func machineOf(head []byte) string {
	if len(head) < 20 || string(head[:4]) != "\x7fELF" {
		return ""
	}
	switch int(head[18]) | int(head[19])<<8 {
	case 0x3e:
		return "x86_64"
	case 0xb7:
		return "arm64"
	}
	return "another machine"
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
