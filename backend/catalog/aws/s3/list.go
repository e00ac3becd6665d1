package s3

import (
	"encoding/base64"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"

	"airloom/backend/kind"
)

// listing is what a look through a bucket gave.
type listing struct {
	versions []version
	prefixes []string // common ones
	more     bool
	last     string // the key or common prefix that came last
	lastID   string // and its version
}

// look goes through a bucket's keys in byte order, from after on, and folds keys that share what comes before the delimiter.
// With all it visits every version, else the newest of each key that is there.
func look(tx kind.Tx, bucket, prefix, delimiter, after, afterID string, most int, all bool) (listing, error) {
	var out listing
	var failed error
	root := objectsKey(bucket)
	from := []byte(root + max(prefix, after))
	passed := afterID == ""
	for again := true; again && failed == nil; {
		again = false
		seen := ""
		tx.Scan([]byte(root+prefix), from, func(k, raw []byte) bool {
			key, _, _ := strings.Cut(string(k[len(root):]), "\x00")
			if !all && key == seen {
				return true // an older version
			}
			seen = key
			if key == after && afterID == "" {
				return true
			}
			v, err := decode(bucket, k, raw)
			if failed = err; err != nil {
				return false
			}
			if key == after && !passed {
				passed = v.ID == afterID
				return true
			}
			if v.Marker && !all {
				return true
			}
			common := ""
			if head, _, ok := strings.Cut(key[len(prefix):], delimiter); delimiter != "" && ok {
				common = prefix + head + delimiter
			}
			if common != "" && common == after {
				from, again = past(root, common), true
				return false
			}
			if len(out.versions)+len(out.prefixes) == most {
				out.more = true
				return false
			}
			out.last, out.lastID = key, v.ID
			if common == "" {
				out.versions = append(out.versions, v)
				return true
			}
			out.prefixes, out.last, out.lastID = append(out.prefixes, common), common, ""
			from, again = past(root, common), true
			return false
		})
	}
	out.more = out.more && most > 0
	return out, failed
}

// past is the first place after all keys with a prefix: no UTF-8 text has the byte.
func past(root, prefix string) []byte { return []byte(root + prefix + "\xff") }

// page are the parameters that all listings have.
type page struct {
	prefix, delimiter string
	most              int
	encode            func(string) string
	encoding          string
}

func (r *request) page(action, maximum string) (page, error) {
	p := page{prefix: r.query.Get("prefix"), delimiter: r.query.Get("delimiter"), most: 1000, encode: printable, encoding: r.query.Get("encoding-type")}
	switch p.encoding {
	case "url":
		p.encode = escape
	case "":
	default:
		return p, fail(400, "InvalidArgument", "Invalid Encoding Method specified in Request")
	}
	if text := r.query.Get(maximum); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return p, fail(400, "InvalidArgument", "Provided %s not an integer or within integer range", maximum)
		}
		p.most = min(n, 1000)
	}
	context := map[string]string{"s3:max-keys": strconv.Itoa(p.most)}
	for name, value := range map[string]string{"prefix": p.prefix, "delimiter": p.delimiter} {
		if r.query.Has(name) {
			context["s3:"+name] = value
		}
	}
	return p, r.allow(action, "", context)
}

// escape is the URL encoding of keys in listings and notifications: slashes stay, blanks become plus signs.
func escape(key string) string {
	return strings.NewReplacer("%2F", "/", "%2A", "*", "~", "%7E").Replace(url.QueryEscape(key))
}

type owner struct{ ID string }

// canonicalUser is the id of an account's owner, as S3 shows it.
func canonicalUser(account string) string { return strings.Repeat(account, 5) + "0000" }

type listedObject struct {
	Key               string
	LastModified      string
	ETag              string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
	Size              int64
	StorageClass      string
	Owner             *owner `xml:",omitempty"`
}

type commonPrefix struct{ Prefix string }

func (r *request) listed(p page, l listing, withOwner bool) (objects []listedObject, prefixes []commonPrefix) {
	for _, v := range l.versions {
		o := listedObject{Key: p.encode(v.key), LastModified: isoTime(v.Modified), ETag: quote(v.ETag), ChecksumAlgorithm: v.Checksum.Algorithm, Size: v.Size, StorageClass: v.class()}
		if v.Checksum.Algorithm != "" {
			o.ChecksumType = v.Checksum.kind()
		}
		if withOwner {
			o.Owner = &owner{canonicalUser(r.w.Account())}
		}
		objects = append(objects, o)
	}
	for _, c := range l.prefixes {
		prefixes = append(prefixes, commonPrefix{p.encode(c)})
	}
	return objects, prefixes
}

func (v version) class() string {
	if v.Class == "" {
		return "STANDARD"
	}
	return v.Class
}

func (r *request) listObjectsV2() (answer, error) {
	p, err := r.page("ListBucket", "max-keys")
	if err != nil {
		return answer{}, err
	}
	after := r.query.Get("start-after")
	token := r.query.Get("continuation-token")
	if r.query.Has("continuation-token") {
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || token == "" {
			return answer{}, fail(400, "InvalidArgument", "The continuation token provided is incorrect")
		}
		after = string(raw)
	}
	l, err := r.look(p, after, "", false)
	if err != nil {
		return answer{}, err
	}
	objects, prefixes := r.listed(p, l, r.query.Get("fetch-owner") == "true")
	out := struct {
		XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
		Name                  string
		Prefix                string
		StartAfter            string `xml:",omitempty"`
		ContinuationToken     string `xml:",omitempty"`
		NextContinuationToken string `xml:",omitempty"`
		KeyCount              int
		MaxKeys               int
		Delimiter             string `xml:",omitempty"`
		EncodingType          string `xml:",omitempty"`
		IsTruncated           bool
		Contents              []listedObject
		CommonPrefixes        []commonPrefix
	}{Name: r.bucket, Prefix: p.encode(p.prefix), StartAfter: p.encode(r.query.Get("start-after")), ContinuationToken: token,
		KeyCount: len(objects) + len(prefixes), MaxKeys: p.most, Delimiter: p.encode(p.delimiter), EncodingType: p.encoding, IsTruncated: l.more,
		Contents: objects, CommonPrefixes: prefixes}
	if l.more {
		out.NextContinuationToken = base64.RawURLEncoding.EncodeToString([]byte(l.last))
	}
	return answer{document: out}, nil
}

func (r *request) listObjects() (answer, error) {
	p, err := r.page("ListBucket", "max-keys")
	if err != nil {
		return answer{}, err
	}
	l, err := r.look(p, r.query.Get("marker"), "", false)
	if err != nil {
		return answer{}, err
	}
	objects, prefixes := r.listed(p, l, true)
	out := struct {
		XMLName        xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
		Name           string
		Prefix         string
		Marker         string
		NextMarker     string `xml:",omitempty"`
		MaxKeys        int
		Delimiter      string `xml:",omitempty"`
		EncodingType   string `xml:",omitempty"`
		IsTruncated    bool
		Contents       []listedObject
		CommonPrefixes []commonPrefix
	}{Name: r.bucket, Prefix: p.encode(p.prefix), Marker: p.encode(r.query.Get("marker")), MaxKeys: p.most, Delimiter: p.encode(p.delimiter),
		EncodingType: p.encoding, IsTruncated: l.more, Contents: objects, CommonPrefixes: prefixes}
	if l.more && p.delimiter != "" {
		out.NextMarker = p.encode(l.last)
	}
	return answer{document: out}, nil
}

func (r *request) look(p page, after, afterID string, all bool) (listing, error) {
	var l listing
	err := r.w.State(space).View(func(tx kind.Tx) error {
		var err error
		l, err = look(tx, r.bucket, p.prefix, p.delimiter, after, afterID, p.most, all)
		return err
	})
	return l, err
}

type listedVersion struct {
	XMLName      xml.Name
	Key          string
	VersionID    string `xml:"VersionId"`
	IsLatest     bool
	LastModified string
	ETag         string `xml:",omitempty"`
	Size         *int64 `xml:",omitempty"`
	StorageClass string `xml:",omitempty"`
	Owner        owner
}

func (r *request) listVersions() (answer, error) {
	p, err := r.page("ListBucketVersions", "max-keys")
	if err != nil {
		return answer{}, err
	}
	after, afterID := r.query.Get("key-marker"), r.query.Get("version-id-marker")
	l, err := r.look(p, after, afterID, true)
	if err != nil {
		return answer{}, err
	}
	var all []listedVersion
	previous := after
	for _, v := range l.versions {
		e := listedVersion{XMLName: xml.Name{Local: "Version"}, Key: p.encode(v.key), VersionID: v.ID, IsLatest: v.key != previous, LastModified: isoTime(v.Modified), Owner: owner{canonicalUser(r.w.Account())}}
		if previous = v.key; v.Marker {
			e.XMLName.Local = "DeleteMarker"
		} else {
			e.ETag, e.Size, e.StorageClass = quote(v.ETag), &v.Size, v.class()
		}
		all = append(all, e)
	}
	_, prefixes := r.listed(p, listing{prefixes: l.prefixes}, false)
	out := struct {
		XMLName             xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListVersionsResult"`
		Name                string
		Prefix              string
		KeyMarker           string
		VersionIDMarker     string `xml:"VersionIdMarker"`
		NextKeyMarker       string `xml:",omitempty"`
		NextVersionIDMarker string `xml:"NextVersionIdMarker,omitempty"`
		MaxKeys             int
		Delimiter           string `xml:",omitempty"`
		EncodingType        string `xml:",omitempty"`
		IsTruncated         bool
		Versions            []listedVersion
		CommonPrefixes      []commonPrefix
	}{Name: r.bucket, Prefix: p.encode(p.prefix), KeyMarker: p.encode(after), VersionIDMarker: afterID, MaxKeys: p.most, Delimiter: p.encode(p.delimiter),
		EncodingType: p.encoding, IsTruncated: l.more, Versions: all, CommonPrefixes: prefixes}
	if l.more {
		out.NextKeyMarker, out.NextVersionIDMarker = p.encode(l.last), l.lastID
	}
	return answer{document: out}, nil
}
