package pack

import (
	"archive/zip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"airloom/backend/fault"
)

// custom runs the user's own command and packs what it leaves in Output: a folder, or a zip.
func custom(ctx context.Context, j *job) error {
	u := j.unit
	j.inputs.never() // nobody knows what the command reads
	if u.Output == "" || !filepath.IsLocal(u.Output) {
		return fault.New(fault.Invalid, "the build command of %q needs an output folder or zip within %s, not %q", u.Name, u.Dir, u.Output).At(u.Node).
			Try("Set the output to what the command produces, for instance dist.")
	}
	c := Cmd{Dir: u.Dir, Args: []string{"sh", "-c", u.Build}, Env: []string{"AIRLOOM_ARCH=" + u.Arch, "AIRLOOM_RUNTIME=" + u.Runtime, "AIRLOOM_OUTPUT=" + u.Output}}
	if _, err := j.tool(ctx, c, "building "+u.Name); err != nil {
		return err
	}
	root, err := os.OpenRoot(u.Dir)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "opening %s", u.Dir).At(u.Node)
	}
	j.closers = append(j.closers, func() { root.Close() })
	info, err := root.Stat(u.Output)
	switch {
	case err != nil:
		return fault.Wrap(err, fault.Invalid, "the build command of %q ended well but left no %s", u.Name, u.Output).At(u.Node).
			Try("Let the command write there, or set the output to where it writes.")
	case info.IsDir():
		// Not by path: the output could be a link out of the folder by now. A resolved path within is not.
		dir, err := filepath.EvalSymlinks(filepath.Join(u.Dir, u.Output))
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "opening %s", u.Output).At(u.Node)
		}
		if err := j.tree(dir, "", false, nil); err != nil {
			return err
		}
	case info.Mode().IsRegular() && strings.EqualFold(filepath.Ext(u.Output), ".zip"):
		f, err := root.Open(u.Output)
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "opening %s", u.Output).At(u.Node)
		}
		j.closers = append(j.closers, func() { f.Close() })
		if err := j.archive(f, info.Size()); err != nil {
			return err
		}
	default:
		return fault.New(fault.Invalid, "%s, the output of %q, is neither a folder nor a zip", u.Output, u.Name).At(u.Node).
			Try("Set the output to the folder that the build writes its result to.")
	}
	return j.checkBootstrap()
}

// maxEntries is far above what any deployment package holds, and far below what fills the memory.
const maxEntries = 50_000

// archive adds the files of a zip. They are never extracted: each is read from there into the new zip, which fails where
// the archive lies about a size, and the sum of sizes is bounded before anything is read.
func (j *job) archive(f io.ReaderAt, size int64) error {
	u := j.unit
	if size > MaxUnzipped {
		return fault.New(fault.Limit, "%s has %s, Lambda takes %s even unzipped", u.Output, megabytes(size), megabytes(MaxUnzipped)).At(u.Node).
			Try("Leave out what the function does not need, or read it from S3 or EFS at run time.")
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "reading the zip %s", u.Output).At(u.Node).Try("Let the build command write a folder instead.")
	}
	if len(z.File) > maxEntries {
		return fault.New(fault.Limit, "%s has %d entries, more than %d", u.Output, len(z.File), maxEntries).At(u.Node).
			Try("Leave out what the function does not need.")
	}
	var total uint64
	for _, e := range z.File {
		if e.Name == "./" {
			continue
		}
		name, folder := strings.CutSuffix(strings.TrimPrefix(e.Name, "./"), "/")
		if !validName(name) || !filepath.IsLocal(filepath.FromSlash(name)) || strings.Contains(name, ":") {
			return fault.New(fault.Invalid, "%s holds %q, a name that leads out of the function's folder or means different things to different systems", u.Output, e.Name).
				At(u.Node).Try("Let the build command write a folder instead.")
		}
		if folder {
			continue
		}
		if e.Flags&1 != 0 {
			return fault.New(fault.Unsupported, "%s in %s is encrypted", name, u.Output).At(u.Node).Try("Let the build command write it without a password.")
		}
		total += e.UncompressedSize64
		if e.UncompressedSize64 > MaxUnzipped || total > MaxUnzipped {
			return fault.New(fault.Limit, "%s unzips to more than the %s that Lambda takes (at %s)", u.Output, megabytes(MaxUnzipped), name).At(u.Node).
				Try("Leave out what the function does not need, or read it from S3 or EFS at run time.")
		}
		if !e.Mode().IsRegular() || unwantedPath(name) || privateKey(name, func(string) []byte { return head(e) }) {
			j.leftOut = append(j.leftOut, name)
			continue
		}
		j.entries = append(j.entries, entry{
			name: name,
			size: int64(e.UncompressedSize64),
			exec: executable(e.FileInfo()),
			open: func() (io.ReadCloser, error) {
				f, err := e.Open()
				return member{f, u.Output}, broken(err, u.Output)
			},
		})
	}
	return nil
}

// member is a file within an archive.
type member struct {
	io.ReadCloser
	archive string
}

func (m member) Read(b []byte) (int, error) {
	n, err := m.ReadCloser.Read(b)
	return n, broken(err, m.archive)
}

// broken says that the archive is to blame, not this machine.
func broken(err error, archive string) error {
	if err == nil || err == io.EOF {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "%s is damaged", archive).Try("Let the build command write it anew, or a folder instead.")
}

// unwantedPath applies the rules for folders and files to a whole path.
func unwantedPath(name string) bool {
	for i, r := range name {
		if r == '/' && unwantedFolder(name[:i]) {
			return true
		}
	}
	return unwantedFile(name)
}

func head(e *zip.File) []byte {
	f, err := e.Open()
	if err != nil {
		return nil
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 1<<20))
	return b
}

// verbatim packs a folder that already holds the executable that provided runtimes start, binary or script.
func verbatim(_ context.Context, j *job) error {
	if err := j.tree(j.unit.Dir, "", true, nil); err != nil {
		return err
	}
	return j.checkBootstrap()
}

// checkBootstrap makes sure that a provided runtime finds its bootstrap, and can execute it.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
func (j *job) checkBootstrap() error {
	u := j.unit
	if !strings.HasPrefix(u.Runtime, "provided") {
		return nil
	}
	for i, e := range j.entries {
		if e.name != "bootstrap" {
			continue
		}
		j.entries[i].exec = true // as some systems cannot say
		f, err := e.open()
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "reading bootstrap").At(u.Node)
		}
		defer f.Close()
		line, _ := io.ReadAll(io.LimitReader(f, 256))
		first, _, _ := strings.Cut(string(line), "\n")
		if strings.HasPrefix(first, "#!") && strings.HasSuffix(first, "\r") {
			return fault.New(fault.Invalid, "bootstrap has Windows line ends: Linux would look for an interpreter named %q", first[2:]).
				At(u.Node).Try("Save it with line feeds only.")
		}
		return nil
	}
	return fault.New(fault.Invalid, "%q runs on %s, which starts an executable named bootstrap, and there is none", u.Name, u.Runtime).
		At(u.Node).Try("Put one at the top of the function's folder, or let the build command write one.")
}
