package generate

// Packed is a packed unit, with what people want to know of it.
type Packed struct {
	Artifact
	Name     string   `json:"name"`
	Cached   bool     `json:"cached"`
	TookMS   float64  `json:"tookMs"`
	LeftOut  []string `json:"leftOut,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	Inputs   []string `json:"-"` // files it was made of, for watching; nil where unknown
}
