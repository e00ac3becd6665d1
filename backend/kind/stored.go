package kind

import (
	"encoding/json"

	"airloom/backend/fault"
)

// Save keeps a value as JSON.
func Save(tx Tx, key []byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "keep %q", key)
	}
	return tx.Put(key, text)
}

// Load reads what Save has kept; found is false where there is nothing, and the value then stays as it is.
func Load(tx Tx, key []byte, into any) (found bool, err error) {
	text := tx.Get(key)
	if text == nil {
		return false, nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return true, fault.Wrap(err, fault.Internal, "read what is kept as %q", key)
	}
	return true, nil
}
