package kind

// FieldType chooses the editor and the validation of a field. Custom editors exist per type, never per kind.
type FieldType string

// Field types and the JSON value each holds.
const (
	Text     FieldType = "text"     // string
	LongText FieldType = "longtext" // string with line breaks
	Number   FieldType = "number"   // float64; Min, Max, Step, Unit apply
	Flag     FieldType = "flag"     // bool
	Choice   FieldType = "choice"   // string, one of Options
	List     FieldType = "list"     // []any of strings
	Map      FieldType = "map"      // map[string]any of strings
	Rows     FieldType = "rows"     // []any of map[string]any; Columns describe one
	JSON     FieldType = "json"     // any JSON value
	Cron     FieldType = "cron"     // string: rate(…), cron(…) or at(…)
	Path     FieldType = "path"     // string: a folder or file relative to the project
	Code     FieldType = "code"     // string: program text
	Color    FieldType = "color"    // string: a palette name
)

// Field is one declaration that feeds the inspector form, validation, the command line and the docs page.
type Field struct {
	Name      string    `json:"name"`
	Title     string    `json:"title"`
	Type      FieldType `json:"type" enum:"text,longtext,number,flag,choice,list,map,rows,json,cron,path,code,color"`
	Group     string    `json:"group,omitempty"`   // section of the form, "" is the first
	Default   any       `json:"default,omitempty"` // used where the property is absent, and shown as such
	Required  bool      `json:"required,omitempty"`
	Options   []string  `json:"options,omitempty"`
	Min       *float64  `json:"min,omitempty"`
	Max       *float64  `json:"max,omitempty"`
	Step      float64   `json:"step,omitempty"`
	Unit      string    `json:"unit,omitempty"`    // "MB", "s"
	Pattern   string    `json:"pattern,omitempty"` // RE2, whole value
	Help      string    `json:"help,omitempty"`
	Doc       string    `json:"doc,omitempty"` // https address of the AWS page
	Sensitive bool      `json:"sensitive,omitempty"`
	Columns   []Field   `json:"columns,omitempty"` // of Rows
	// References lets the values of a Map name other nodes (Reference); the kind gets them as functions of the template.
	References bool `json:"references,omitempty"`
}

// Bound is a helper for Min and Max.
func Bound(v float64) *float64 { return &v }
