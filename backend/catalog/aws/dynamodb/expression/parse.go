package expression

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"airloom/backend/catalog/aws/dynamodb/value"
)

// maxExpression is the longest expression in bytes.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
const (
	maxExpression = 4096
	maxOperators  = 300
	maxOperands   = 100 // of IN
)

// parser reads one expression. A syntax error ends it at once; what is wrong otherwise (an unknown placeholder, a
// reserved word) is kept and reported only if the syntax is right, as DynamoDB does.
type parser struct {
	text      string
	tokens    []token
	i         int
	scope     *Scope
	problem   error
	operators int
}

func open(text string, scope *Scope) (*parser, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("The expression can not be empty;")
	}
	if len(text) > maxExpression {
		return nil, fmt.Errorf("Expression size has exceeded the maximum allowed size; expression size: %d", len(text))
	}
	tokens, err := lex(text)
	return &parser{text: text, tokens: tokens, scope: scope}, err
}

// finish checks that nothing is left, and gives the first problem.
func (p *parser) finish() error {
	if p.peek().class != end {
		return p.unexpected()
	}
	if p.operators > maxOperators {
		p.fail("The expression contains too many operators; operator count: %d", p.operators)
	}
	return p.problem
}

func (p *parser) peek() token { return p.tokens[p.i] }

func (p *parser) unexpected() error { return syntax(p.text, p.tokens, p.i) }

// is tells whether the next token is a symbol, or a word in any case.
func (p *parser) is(text string) bool {
	t := p.peek()
	return t.class == symbol && t.text == text || t.class == word && strings.EqualFold(t.text, text)
}

func (p *parser) take(text string) bool {
	if !p.is(text) {
		return false
	}
	p.i++
	return true
}

func (p *parser) want(text string) error {
	if !p.take(text) {
		return p.unexpected()
	}
	return nil
}

// fail keeps the first problem that is not one of syntax.
func (p *parser) fail(format string, args ...any) {
	if p.problem == nil {
		p.problem = fmt.Errorf(format, args...)
	}
}

// attribute reads a name or a #placeholder. A dot or an index must not follow a function's bracket, so callers look ahead.
func (p *parser) attribute() (string, error) {
	t := p.peek()
	switch t.class {
	case word:
		p.i++
		if Reserved(t.text) {
			p.fail("Attribute name is a reserved keyword; reserved keyword: %s", t.text)
		}
		return t.text, nil
	case name:
		p.i++
		p.scope.usedNames[t.text] = true
		n, ok := p.scope.Names[t.text]
		if !ok {
			p.fail("An expression attribute name used in the document path is not defined; attribute name: %s", t.text)
		}
		return n, nil
	}
	return "", p.unexpected()
}

func (p *parser) path() (Path, error) {
	first, err := p.attribute()
	if err != nil {
		return nil, err
	}
	path := Path{{Name: first}}
	for {
		switch {
		case p.take("."):
			n, err := p.attribute()
			if err != nil {
				return nil, err
			}
			path = append(path, Step{Name: n})
		case p.take("["):
			t := p.peek()
			n, err := strconv.Atoi(t.text)
			if t.class != number || err != nil {
				return nil, p.unexpected()
			}
			p.i++
			if err := p.want("]"); err != nil {
				return nil, err
			}
			if n > 1<<20 {
				p.fail("List index is not within the allowable range; index: [%d]", n)
			}
			path = append(path, Step{Index: n})
		default:
			if len(path) > 32 {
				p.fail("The document path has too many nesting elements; nesting levels: %d", len(path))
			}
			return path, nil
		}
	}
}

// operand reads a path, a :value, or a function call.
func (p *parser) operand() (Operand, error) {
	t := p.peek()
	if t.class == val {
		p.i++
		p.scope.usedValues[t.text] = true
		v, ok := p.scope.Values[t.text]
		if !ok {
			p.fail("An expression attribute value used in expression is not defined; attribute value: %s", t.text)
		}
		return Operand{Value: &v}, nil
	}
	if t.class == word && p.tokens[p.i+1].text == "(" && p.tokens[p.i+1].class == symbol {
		return p.call()
	}
	path, err := p.path()
	return Operand{Path: path}, err
}

// signature is what a function takes, and where it may stand.
type signature struct {
	args      int
	condition bool // is a condition itself
	update    bool // may stand in SET
}

func signatureOf(function string) (signature, bool) {
	switch function {
	case "attribute_exists", "attribute_not_exists":
		return signature{args: 1, condition: true}, true
	case "attribute_type", "begins_with", "contains":
		return signature{args: 2, condition: true}, true
	case "size":
		return signature{args: 1}, true
	case "if_not_exists", "list_append":
		return signature{args: 2, update: true}, true
	}
	return signature{}, false
}

func (p *parser) call() (Operand, error) {
	function := p.peek().text
	p.i += 2
	o := Operand{Function: function}
	for {
		arg, err := p.operand()
		if err != nil {
			return o, err
		}
		o.Args = append(o.Args, arg)
		if p.take(")") {
			break
		}
		if err := p.want(","); err != nil {
			return o, err
		}
	}
	p.operators++
	sig, known := signatureOf(function)
	switch {
	case !known:
		p.fail("Invalid function name; function: %s", function)
	case len(o.Args) != sig.args:
		p.fail("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", function, len(o.Args))
	case needsPath(function) && o.Args[0].Path == nil:
		p.fail("Operator or function requires a document path; operator or function: %s", function)
	}
	if !known || len(o.Args) != sig.args {
		return o, nil
	}
	for _, a := range o.Args {
		if a.Function != "" && (sig.condition && a.Function != "size" || !sig.condition && !sig.update || sig.update && !updates(a.Function)) {
			p.fail("The function is not allowed to be used this way in an expression; function: %s", a.Function)
		}
	}
	if a, b := o.Args[0], o.Args[len(o.Args)-1]; (function == "contains" || function == "begins_with") && a.Path != nil && b.Path != nil && a.Path.String() == b.Path.String() {
		p.fail("The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s", function, a.Path)
	}
	switch last := o.Args[len(o.Args)-1]; function {
	case "attribute_type":
		if last.Value == nil || last.Value.Kind != value.String {
			p.fail("Incorrect operand type for operator or function; operator or function: attribute_type, operand type: %s", kindOf(last))
		} else if !strings.Contains(" B NULL SS BOOL L BS N NS S M ", " "+last.Value.Text+" ") {
			p.fail("Invalid attribute type name found; type: %s, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}", last.Value.Text)
		}
	case "begins_with":
		for _, a := range o.Args {
			if k := kindOf(a); a.Value != nil && k != value.String && k != value.Binary && k != "" {
				p.fail("Incorrect operand type for operator or function; operator or function: begins_with, operand type: %s", k)
			}
		}
	case "size":
		if k := kindOf(last); last.Value != nil && (k == value.Num || k == value.Bool || k == value.Null) {
			p.fail("Incorrect operand type for operator or function; operator or function: size, operand type: %s", k)
		}
	case "list_append":
		for _, a := range o.Args {
			if k := kindOf(a); a.Value != nil && k != value.List && k != "" {
				p.fail("Incorrect operand type for operator or function; operator or function: list_append, operand type: %s", k)
			}
		}
	}
	return o, nil
}

func needsPath(function string) bool {
	return function == "attribute_exists" || function == "attribute_not_exists" || function == "if_not_exists"
}

func updates(function string) bool { return function == "if_not_exists" || function == "list_append" }

// kindOf is the type of a literal operand, "" for any other.
func kindOf(o Operand) value.Kind {
	if o.Value == nil {
		return ""
	}
	return o.Value.Kind
}
