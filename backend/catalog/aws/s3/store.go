package s3

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// State keys: o a version of an object by bucket, key and age, newest first; d a piece of data; u an upload in parts, by
// bucket, key and id; p a part by upload and number; n a bucket's counter, b when it was made. A key of an object ends with a zero byte, which
// none contains, so that the order of the state is the order of listings.

const space = "s3" // the namespace of all buckets' state

// pieceSize is how data is cut: the state holds no large values.
const pieceSize = 1 << 20

// version is one version of an object, or a delete marker.
type version struct {
	ID        string // "null" where the bucket keeps no versions
	Marker    bool   `json:",omitempty"`
	ETag      string `json:",omitempty"` // without quotes
	Size      int64
	Modified  int64             // Unix milliseconds
	Header    map[string]string `json:",omitempty"` // what comes back as it was sent: Content-Type, Cache-Control …
	Meta      map[string]string `json:",omitempty"` // x-amz-meta-…, by lower-case name
	Class     string            `json:",omitempty"`
	Checksum  checksum          `json:",omitzero"`
	Tags      []tag             `json:",omitempty"`
	Parts     []part            `json:",omitempty"` // where the data lies
	Multipart bool              `json:",omitempty"`
	Sequence  uint64

	key string
}

// part is a run of data: a whole object, or a part of an upload.
type part struct {
	Number   int
	Size     int64
	Body     string
	ETag     string   `json:",omitempty"`
	Checksum checksum `json:",omitzero"`
	Modified int64    `json:",omitempty"`
}

func createdKey(bucket string) []byte { return []byte("b/" + bucket) }

func objectsKey(bucket string) string { return "o/" + bucket + "/" }

// slot is where a version lies: newer ones come first.
func (v version) slot(bucket string) []byte {
	return []byte(objectsKey(bucket) + v.key + "\x00" + fmt.Sprintf("%016x", math.MaxUint64-v.Sequence))
}

// next counts a bucket's writes up.
func next(tx kind.Tx, bucket string) (uint64, error) {
	k := []byte("n/" + bucket)
	n, _ := strconv.ParseUint(string(tx.Get(k)), 10, 64)
	n++
	return n, tx.Put(k, strconv.AppendUint(nil, n, 10))
}

// write cuts data into pieces under a new body.
func write(w kind.World, tx kind.Tx, data []byte) (part, error) {
	sum := md5.Sum(data)
	p := part{Number: 1, Size: int64(len(data)), Body: strings.ReplaceAll(w.NewID(), "-", ""), ETag: hex.EncodeToString(sum[:]), Modified: w.Now().UnixMilli()}
	i := 0
	for piece := range slices.Chunk(data, pieceSize) {
		if err := tx.Put(fmt.Appendf(nil, "d/%s/%08x", p.Body, i), piece); err != nil {
			return p, err
		}
		i++
	}
	return p, nil
}

// load reads length bytes from an offset of parts that follow each other.
func load(tx kind.Tx, parts []part, offset, length int64) ([]byte, error) {
	out := make([]byte, 0, length)
	for _, p := range parts {
		if offset >= p.Size {
			offset -= p.Size
			continue
		}
		for length > 0 && offset < p.Size {
			piece := tx.Get(fmt.Appendf(nil, "d/%s/%08x", p.Body, offset/pieceSize))
			at := offset % pieceSize
			if int64(len(piece)) <= at {
				return nil, fmt.Errorf("the data of %s is incomplete", p.Body)
			}
			piece = piece[at:min(int64(len(piece)), at+length)]
			out = append(out, piece...)
			offset, length = offset+int64(len(piece)), length-int64(len(piece))
		}
		offset = 0
	}
	if length > 0 {
		return nil, fmt.Errorf("the data of an object is incomplete: %d bytes are missing", length)
	}
	return out, nil
}

func (v version) data(tx kind.Tx) ([]byte, error) { return load(tx, v.Parts, 0, v.Size) }

func erase(tx kind.Tx, parts []part) error {
	for _, p := range parts {
		if err := tx.DeletePrefix([]byte("d/" + p.Body + "/")); err != nil {
			return err
		}
	}
	return nil
}

// decode reads a version from its place in the state.
func decode(bucket string, k, raw []byte) (version, error) {
	var v version
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("read an object: %w", err)
	}
	v.key, _, _ = strings.Cut(string(k[len(objectsKey(bucket)):]), "\x00")
	return v, nil
}

// versions are all versions of a key, newest first, at most n of them.
func versions(tx kind.Tx, bucket, key string, n int) ([]version, error) {
	var out []version
	var failed error
	tx.Scan([]byte(objectsKey(bucket)+key+"\x00"), nil, func(k, raw []byte) bool {
		v, err := decode(bucket, k, raw)
		if failed = err; err == nil {
			out = append(out, v)
		}
		return err == nil && len(out) < n
	})
	return out, failed
}

// newest is the current version of a key; ok is false where there is none, or only a delete marker.
func newest(tx kind.Tx, bucket, key string) (v version, ok bool, err error) {
	all, err := versions(tx, bucket, key, 1)
	if err != nil || len(all) == 0 {
		return version{}, false, err
	}
	return all[0], !all[0].Marker, nil
}

// find is the version with an id, the newest for "".
func find(tx kind.Tx, bucket, key, id string) (version, bool, error) {
	n := 1
	if id != "" {
		n = math.MaxInt
	}
	all, err := versions(tx, bucket, key, n)
	for _, v := range all {
		if id == "" || v.ID == id {
			return v, true, err
		}
	}
	return version{}, false, err
}

// put makes a version the newest of its key. Where the bucket keeps no versions it takes the place of the null version.
func put(w kind.World, tx kind.Tx, in kind.Instance, v *version) error {
	bucket := in.PhysicalID
	v.Modified, v.ID = w.Now().UnixMilli(), "null"
	if versioning(in) == "Enabled" {
		v.ID = strings.ReplaceAll(w.NewID(), "-", "")
	} else if old, ok, err := find(tx, bucket, v.key, "null"); err != nil {
		return err
	} else if ok {
		if err := drop(tx, bucket, old); err != nil {
			return err
		}
	}
	var err error
	if v.Sequence, err = next(tx, bucket); err != nil {
		return err
	}
	return keep(tx, bucket, *v)
}

func keep(tx kind.Tx, bucket string, v version) error {
	return kind.Save(tx, v.slot(bucket), v)
}

// drop removes a version and its data.
func drop(tx kind.Tx, bucket string, v version) error {
	if err := erase(tx, v.Parts); err != nil {
		return err
	}
	return tx.Delete(v.slot(bucket))
}

// removal is what a deletion did.
type removal struct {
	version version // that was removed, or the new delete marker
	marker  bool    // a delete marker was made
	gone    bool    // a version was removed
}

// remove deletes as S3 does: a version that is named goes for good; without an id a bucket with versions gets a delete marker.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
func remove(w kind.World, tx kind.Tx, in kind.Instance, key, id string) (removal, error) {
	bucket := in.PhysicalID
	if id != "" || versioning(in) == "" {
		v, ok, err := find(tx, bucket, key, id)
		if err != nil || !ok {
			return removal{version: version{ID: id, key: key}}, err
		}
		if err := drop(tx, bucket, v); err != nil {
			return removal{}, err
		}
		v.Sequence, err = next(tx, bucket) // for the notification
		return removal{version: v, gone: true}, err
	}
	marker := version{Marker: true, key: key}
	err := put(w, tx, in, &marker)
	return removal{version: marker, marker: true}, err
}

// versioning is Enabled, Suspended or "" (never enabled).
func versioning(in kind.Instance) string {
	c, _ := in.Properties["VersioningConfiguration"].(map[string]any)
	status := property.Text(c, "Status")
	return status
}
