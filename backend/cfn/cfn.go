// Package cfn is a CloudFormation template as a value: resources, intrinsic functions, parse, ordered print,
// evaluate and diff. It is pure and imports only fault (and YAML).
//
// A template value is one of: nil, bool, float64, int, string, []any, map[string]any, or Fn; printing panics on any other
// Go type, which is a programming mistake. A whole number is an int. A plain Go string is always literal text: only an Fn
// is ever interpreted, so no user string can become a reference. CheckLiterals names the few texts that CloudFormation
// has no escape for.
package cfn

// Template is a CloudFormation template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
type Template struct {
	Description string
	Metadata    map[string]any
	Parameters  map[string]Parameter
	Mappings    map[string]any
	Conditions  map[string]any
	Rules       map[string]any
	Transform   any // nil, a string, a list; kept, and refused by what cannot run it
	Resources   map[string]Resource
	Outputs     map[string]Output
	Extra       map[string]any // sections of macros (Globals, Hooks), kept whole; refused by what cannot run them
}

// Parameter is a template parameter; its keys are kept as they came.
type Parameter struct {
	Type          string
	Default       any
	Description   string
	NoEcho        bool
	AllowedValues []any
	Extra         map[string]any // AllowedPattern, MinLength … as written
}

// Resource is one resource with its attributes.
type Resource struct {
	Type                string
	Condition           string
	DependsOn           []string
	DeletionPolicy      string
	UpdateReplacePolicy string
	CreationPolicy      any
	UpdatePolicy        any
	Metadata            map[string]any
	Properties          map[string]any
	Extra               map[string]any // attributes of macros (Connectors, IgnoreGlobals), Description and Version, kept whole
}

// Output is a stack output.
type Output struct {
	Description string
	Condition   string
	Value       any
	Export      any // the Name value, nil where not exported
}

// Fn is an intrinsic function: Name is "Ref", "Condition" or "Fn::…", Arg its argument as in the template.
type Fn struct {
	Name string
	Arg  any
}

// Ref refers to a resource's physical id, a parameter, or a pseudo parameter such as "AWS::Region".
func Ref(name string) Fn { return Fn{"Ref", name} }

// GetAtt reads an attribute of a resource.
func GetAtt(resource, attribute string) Fn { return Fn{"Fn::GetAtt", []any{resource, attribute}} }

// Join concatenates parts with a separator. Literal parts stay literal.
func Join(sep string, parts ...any) Fn { return Fn{"Fn::Join", []any{sep, parts}} }

// Select takes the element at an index.
func Select(index int, list any) Fn { return Fn{"Fn::Select", []any{index, list}} }

// Split cuts a string at a separator.
func Split(sep string, value any) Fn { return Fn{"Fn::Split", []any{sep, value}} }

// If chooses by a condition of the template.
func If(condition string, yes, no any) Fn { return Fn{"Fn::If", []any{condition, yes, no}} }

// Pseudo parameters.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
var (
	AccountID = Ref("AWS::AccountId")
	Region    = Ref("AWS::Region")
	Partition = Ref("AWS::Partition")
	StackName = Ref("AWS::StackName")
	StackID   = Ref("AWS::StackId")
	NoValue   = Ref("AWS::NoValue")
	URLSuffix = Ref("AWS::URLSuffix")
)
