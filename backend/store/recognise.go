package store

import (
	"encoding/binary"
	"errors"
	"io"
	"os"

	"airloom/backend/fault"
)

// The file's identity, in SQLite's header (https://www.sqlite.org/fileformat.html#the_database_header).
const (
	applicationID = 0x41_4C_4F_4D // "ALOM"
	maxFile       = 1 << 30       // bytes; a project of 20,000 nodes with a long history takes a twentieth of it
)

// Recognise looks at a file's kind, size and header, and tells whether this version can read it. It opens nothing but a
// regular file and changes nothing.
func Recognise(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "looking at the project").At(path)
	}
	switch m := info.Mode(); {
	case m&os.ModeSymlink != 0:
		return notOurs(path, "it is a link").Try("open the file that it leads to")
	case !m.IsRegular():
		return notOurs(path, "it is no regular file")
	case info.Size() == 0:
		return notOurs(path, "it is empty")
	case info.Size() > maxFile:
		return fault.New(fault.Limit, "the file has %d MB, a project has %d at most", info.Size()>>20, maxFile>>20).At(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return fault.Wrap(err, fault.Denied, "reading the project").At(path).Try("check who may read the file")
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.Wrap(err, fault.Unavailable, "reading the project").At(path)
	}
	if string(head[:16]) != "SQLite format 3\x00" {
		return notOurs(path, "it is no database")
	}
	if id := binary.BigEndian.Uint32(head[68:]); id != applicationID {
		return notOurs(path, "it belongs to another application")
	}
	if v := int(binary.BigEndian.Uint32(head[60:])); v > len(migrations()) {
		return fault.New(fault.Unsupported, "the project was written by a newer version of Airloom (format %d, this one reads up to %d)", v, len(migrations())).
			At(path).Try("use the newer version; the file was not changed")
	}
	return nil
}

func notOurs(path, why string) *fault.Error {
	return fault.New(fault.Invalid, "this is no Airloom project: %s", why).At(path)
}
