package dynamodb

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"airloom/backend/catalog/aws/dynamodb/value"
)

// row is an item of the model: a table is a map of them, and an index a sorted list.
type row struct {
	artist, genre string // genre "" is none
	year, plays   int    // plays below 0 is none
}

func (r row) item() string {
	out := `{"artist":{"S":` + quoted(r.artist) + `}`
	if r.genre != "" {
		out += fmt.Sprintf(`,"genre":{"S":%q}`, r.genre)
	}
	if r.plays >= 0 {
		out += fmt.Sprintf(`,"plays":{"N":"%d"}`, r.plays)
	}
	return out + fmt.Sprintf(`,"year":{"N":"%d"}}`, r.year)
}

func (r row) key() string {
	return fmt.Sprintf(`{"artist":{"S":%s},"year":{"N":"%d"}}`, quoted(r.artist), r.year)
}

// After any history of writes, the table and both of its indexes hold what a map and a sort say, by every range, direction and
// page size.
func TestIndexesAreWhatASortSays(outer *testing.T) {
	rapid.Check(outer, func(t *rapid.T) {
		b := newBench(outer)
		b.table("Music", strings.Replace(music, `"ProjectionType":"KEYS_ONLY"`, `"ProjectionType":"ALL"`, 1))
		model := map[string]row{}
		some := func() row {
			return row{rapid.SampledFrom([]string{"a", "a\x00", "b"}).Draw(t, "artist"), rapid.SampledFrom([]string{"", "jazz", "soul"}).Draw(t, "genre"),
				rapid.SampledFrom([]int{-100, -7, 0, 3, 12, 120}).Draw(t, "year"), rapid.IntRange(-1, 3).Draw(t, "plays")}
		}
		for range rapid.IntRange(0, 30).Draw(t, "writes") {
			r := some()
			switch rapid.SampledFrom([]string{"put", "put", "delete", "update", "transact"}).Draw(t, "write") {
			case "put":
				b.do("PutItem", `{"TableName":"music","Item":`+r.item()+`}`)
				model[r.key()] = r
			case "delete":
				b.do("DeleteItem", `{"TableName":"music","Key":`+r.key()+`}`)
				delete(model, r.key())
			case "update":
				b.do("UpdateItem", `{"TableName":"music","Key":`+r.key()+`,"UpdateExpression":"SET plays = :p REMOVE genre","ExpressionAttributeValues":{":p":{"N":"5"}}}`)
				r.genre, r.plays = "", 5
				model[r.key()] = r
			case "transact":
				_, there := model[r.key()]
				answer := b.ask("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"music","Item":{"artist":{"S":"c"},"year":{"N":"1"}}}},{"Put":{"TableName":"music","Item":`+r.item()+`,"ConditionExpression":"attribute_not_exists(artist)"}}]}`)
				if (answer.Status == 200) == there {
					t.Fatalf("%s with the item there (%v)", answer.Body, there)
				}
				if !there {
					c := row{artist: "c", year: 1, plays: -1}
					model[r.key()], model[c.key()] = r, c
				}
			}
		}
		items := func(keep func(row) bool, order func(row) int) []string {
			var rows []row
			for _, r := range model {
				if keep(r) {
					rows = append(rows, r)
				}
			}
			slices.SortFunc(rows, func(x, y row) int { return order(x) - order(y) })
			out := []string{}
			for _, r := range rows {
				out = append(out, r.item())
			}
			return out
		}
		bound := rapid.SampledFrom([]int{-100, -8, 0, 2, 12, 200}).Draw(t, "bound")
		op := rapid.SampledFrom([]string{"<", "<=", "=", ">=", ">"}).Draw(t, "op")
		holds := func(n int) bool {
			return map[string]bool{"<": n < bound, "<=": n <= bound, "=": n == bound, ">=": n >= bound, ">": n > bound}[op]
		}
		for _, c := range []struct {
			index, partition, sort string
			of                     func(row) (string, int, bool)
		}{
			{"", "artist", "year", func(r row) (string, int, bool) { return r.artist, r.year, true }},
			{"by-plays", "artist", "plays", func(r row) (string, int, bool) { return r.artist, r.plays, r.plays >= 0 }},
			{"by-genre", "genre", "plays", func(r row) (string, int, bool) { return r.genre, r.plays, r.plays >= 0 && r.genre != "" }},
		} {
			for _, p := range []string{"a", "a\x00", "b", "c", "jazz", "soul"} {
				want := items(func(r row) bool { q, n, in := c.of(r); return in && q == p && holds(n) }, func(r row) int { _, n, _ := c.of(r); return n })
				request := fmt.Sprintf(`{"TableName":"music","KeyConditionExpression":"%s = :p AND #s %s :b","ExpressionAttributeNames":{"#s":%q},"ExpressionAttributeValues":{":p":{"S":%s},":b":{"N":"%d"}}`,
					c.partition, op, c.sort, quoted(p), bound)
				if c.index != "" {
					request += fmt.Sprintf(`,"IndexName":%q`, c.index)
				}
				backward := rapid.Bool().Draw(t, "backward")
				got := pages(b, request+fmt.Sprintf(`,"ScanIndexForward":%v`, !backward), rapid.IntRange(1, 4).Draw(t, "limit"))
				if backward {
					slices.Reverse(got)
				}
				// Where sort keys of an index are equal, any order will do.
				if c.index != "" {
					slices.Sort(got)
					slices.Sort(want)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%s %s %d of %q in %q:\n got %v\nwant %v", c.sort, op, bound, p, c.index, got, want)
				}
			}
		}
		got := pages(b, `{"TableName":"music"`, 3)
		want := items(func(row) bool { return true }, func(row) int { return 0 })
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("the table holds\n%v, want\n%v", got, want)
		}
	})
}

func quoted(s string) string { text, _ := json.Marshal(s); return string(text) }

// pages reads all pages of a query or scan.
func pages(b *bench, request string, limit int) []string {
	operation, out := "Scan", []string{}
	if strings.Contains(request, "KeyCondition") {
		operation = "Query"
	}
	for start := ""; ; {
		var page struct {
			Items            []value.Item
			LastEvaluatedKey json.RawMessage
		}
		r := b.ask(operation, fmt.Sprintf(`%s,"Limit":%d%s}`, request, limit, start))
		if err := json.Unmarshal(r.Body, &page); err != nil || r.Status != 200 {
			b.Fatalf("%s: %s", request, r.Body)
		}
		for _, i := range page.Items {
			text, _ := json.Marshal(i)
			out = append(out, string(text))
		}
		if page.LastEvaluatedKey == nil {
			return out
		}
		start = `,"ExclusiveStartKey":` + string(page.LastEvaluatedKey)
	}
}
