package endpoint

import (
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"io"
	"sync"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Credentials are temporary ones, as STS gives them.
type Credentials struct {
	AccessKey, Secret, Token string
	Expires                  time.Time // zero: with the launch
}

// Keys holds the credentials of one launch: none outlives the process, none is stored. It is safe for concurrent use.
type Keys struct {
	now    func() time.Time
	random io.Reader

	mu     sync.RWMutex
	issued map[string]issued // by access key
}

type issued struct {
	Credentials
	who kind.Principal
}

// NewKeys makes an empty ring of keys.
func NewKeys(now func() time.Time, random io.Reader) *Keys {
	return &Keys{now: now, random: random, issued: map[string]issued{}}
}

// Issue makes credentials with which whoever holds them is the principal; a life of zero lasts as long as the launch.
func (k *Keys) Issue(who kind.Principal, life time.Duration) (Credentials, error) {
	raw := make([]byte, 10+30+48)
	if _, err := io.ReadFull(k.random, raw); err != nil {
		return Credentials{}, fault.Wrap(err, fault.Internal, "reading randomness for credentials")
	}
	c := Credentials{
		AccessKey: "ASIA" + base32.StdEncoding.EncodeToString(raw[:10]),
		Secret:    base64.StdEncoding.EncodeToString(raw[10:40]),
		Token:     base64.StdEncoding.EncodeToString(raw[40:]),
	}
	if life > 0 {
		c.Expires = k.now().Add(life)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.issued[c.AccessKey] = issued{c, who}
	return c, nil
}

// Revoke makes credentials worthless.
func (k *Keys) Revoke(accessKey string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.issued, accessKey)
}

// find gives the credentials of an access key; expired ones are gone.
func (k *Keys) find(accessKey string) (issued, bool) {
	k.mu.RLock()
	c, ok := k.issued[accessKey]
	k.mu.RUnlock()
	if ok && !c.Expires.IsZero() && !k.now().Before(c.Expires) {
		k.Revoke(accessKey)
		return issued{}, false
	}
	return c, ok
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
