package design

// Commit is a diff that was applied to a design: the revision that it led to, and what people call it ("move 3 nodes").
type Commit struct {
	Revision int64  `json:"revision"`
	Diff     Diff   `json:"diff"`
	Label    string `json:"label"`
}
