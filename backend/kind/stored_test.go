package kind_test

import (
	"math"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

func TestStored(t *testing.T) {
	type thing struct{ Name string }
	if err := kindtest.New().State("test").Update(func(tx kind.Tx) error {
		got := thing{"as it was"}
		if found, err := kind.Load(tx, []byte("a"), &got); found || err != nil || got.Name != "as it was" {
			t.Errorf("%v, %t, %v", got, found, err)
		}
		if err := kind.Save(tx, []byte("a"), thing{"ü"}); err != nil {
			return err
		}
		if found, err := kind.Load(tx, []byte("a"), &got); !found || err != nil || got.Name != "ü" {
			t.Errorf("%v, %t, %v", got, found, err)
		}
		if err := kind.Save(tx, []byte("a"), math.NaN()); fault.CodeOf(err) != fault.Internal {
			t.Errorf("what cannot be printed is kept: %v", err)
		}
		if err := tx.Put([]byte("b"), []byte("{")); err != nil {
			return err
		}
		if found, err := kind.Load(tx, []byte("b"), &got); !found || fault.CodeOf(err) != fault.Internal {
			t.Errorf("what is no JSON is read: %t, %v", found, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
