package expression

import (
	"strings"

	"airloom/backend/catalog/aws/dynamodb/value"
)

// Condition is a parsed condition: Op is AND, OR, NOT (over Sub), a comparator, BETWEEN, IN (over Args), or a function's
// name.
type Condition struct {
	Op   string
	Sub  []Condition
	Args []Operand
}

// ParseCondition parses a condition, filter or key condition expression.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
func ParseCondition(text string, scope *Scope) (*Condition, error) {
	p, err := open(text, scope)
	if err != nil {
		return nil, err
	}
	c, _, err := p.or()
	if err != nil {
		return nil, err
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return &c, nil
}

// or and the functions below also tell whether what they read stands wholly in brackets.
func (p *parser) or() (Condition, bool, error) {
	return p.chain("OR", func() (Condition, bool, error) { return p.chain("AND", p.not) })
}

func (p *parser) chain(op string, next func() (Condition, bool, error)) (Condition, bool, error) {
	c, bracketed, err := next()
	for err == nil && p.take(op) {
		var right Condition
		if right, _, err = next(); err == nil {
			c, bracketed = Condition{Op: op, Sub: []Condition{c, right}}, false
			p.operators++
		}
	}
	return c, bracketed, err
}

func (p *parser) not() (Condition, bool, error) {
	if !p.is("NOT") {
		return p.primary()
	}
	p.i++
	c, _, err := p.not()
	p.operators++
	return Condition{Op: "NOT", Sub: []Condition{c}}, false, err
}

func (p *parser) primary() (Condition, bool, error) {
	if p.is("(") && !p.bracketedOperand() {
		p.i++
		c, bracketed, err := p.or()
		if err != nil {
			return c, false, err
		}
		if bracketed {
			p.fail("The expression has redundant parentheses;")
		}
		return c, true, p.want(")")
	}
	left, err := p.bracketed()
	if err != nil {
		return Condition{}, false, err
	}
	p.operators++
	t := p.peek()
	switch {
	case t.class == symbol && strings.Contains(" = <> < <= > >= ", " "+t.text+" "):
		p.i++
		right, err := p.bracketed()
		c := Condition{Op: t.text, Args: []Operand{left, right}}
		p.checkOperands(c)
		return c, false, err
	case p.take("BETWEEN"):
		low, err := p.bracketed()
		if err == nil {
			err = p.want("AND")
		}
		if err != nil {
			return Condition{}, false, err
		}
		high, err := p.bracketed()
		c := Condition{Op: "BETWEEN", Args: []Operand{left, low, high}}
		p.checkOperands(c)
		return c, false, err
	case p.take("IN"):
		c, err := p.in(left)
		return c, false, err
	case left.Function != "":
		if sig, known := signatureOf(left.Function); known && !sig.condition {
			p.fail("The function is not allowed to be used this way in an expression; function: %s", left.Function)
		}
		p.operators--
		return Condition{Op: left.Function, Args: left.Args}, false, nil
	}
	return Condition{}, false, p.unexpected()
}

func (p *parser) in(left Operand) (Condition, error) {
	c := Condition{Op: "IN", Args: []Operand{left}}
	if err := p.want("("); err != nil {
		return c, err
	}
	for {
		o, err := p.bracketed()
		if err != nil {
			return c, err
		}
		c.Args = append(c.Args, o)
		if p.take(")") {
			break
		}
		if err := p.want(","); err != nil {
			return c, err
		}
	}
	if len(c.Args)-1 > maxOperands {
		p.fail("Incorrect number of operands for operator or function; operator or function: IN, number of operands: %d", len(c.Args))
	}
	p.checkOperands(c)
	return c, nil
}

// bracketedOperand looks whether the bracket ahead holds an operand alone: (a) = :b.
func (p *parser) bracketedOperand() bool {
	i := p.i
	depth := 0
	for p.tokens[i].class == symbol && p.tokens[i].text == "(" {
		depth++
		i++
	}
	switch p.tokens[i].class {
	case val:
		i++
	case word, name:
		for i++; p.tokens[i].class != end; i++ {
			t := p.tokens[i]
			step := t.class == symbol && strings.Contains(".[]", t.text) || t.class == number ||
				(t.class == word || t.class == name) && p.tokens[i-1].text == "."
			if !step {
				break
			}
		}
	default:
		return false
	}
	return p.tokens[i].class == symbol && p.tokens[i].text == ")"
}

func (p *parser) bracketed() (Operand, error) {
	if !p.take("(") {
		o, err := p.operand()
		if err == nil && o.Function != "" && o.Function != "size" {
			if sig, known := signatureOf(o.Function); known && (sig.update || p.comparing()) {
				p.fail("The function is not allowed to be used this way in an expression; function: %s", o.Function)
			}
		}
		return o, err
	}
	o, err := p.bracketed()
	if err != nil {
		return o, err
	}
	return o, p.want(")")
}

// comparing tells whether the operand just read is compared with something.
func (p *parser) comparing() bool {
	t := p.peek()
	return t.class == symbol && strings.Contains(" = <> < <= > >= ", " "+t.text+" ") || p.is("BETWEEN") || p.is("IN")
}

// checkOperands refuses what can be seen without an item: literals that have no order, bounds the wrong way round, a path
// compared with itself.
func (p *parser) checkOperands(c Condition) {
	if p.problem != nil {
		return
	}
	ordered := c.Op == "BETWEEN" || c.Op[0] == '<' && c.Op != "<>" || c.Op[0] == '>'
	for _, o := range c.Args {
		if k := kindOf(o); ordered && k != "" && k != value.String && k != value.Num && k != value.Binary {
			p.fail("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", c.Op, k)
		}
	}
	if a, b := c.Args[0], c.Args[1]; c.Op != "IN" && c.Op != "BETWEEN" && a.Path != nil && b.Path != nil && a.Path.String() == b.Path.String() {
		p.fail("The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s", c.Op, a.Path)
	}
	if c.Op == "BETWEEN" && c.Args[1].Value != nil && c.Args[2].Value != nil {
		low, high := *c.Args[1].Value, *c.Args[2].Value
		order, ok := value.Compare(low, high)
		switch {
		case !ok:
			p.fail("The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: %s, upper bound operand: AttributeValue: %s", brief(low), brief(high))
		case order > 0:
			p.fail("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: %s, upper bound operand: AttributeValue: %s", brief(low), brief(high))
		}
	}
}

// brief prints a scalar as messages do: {S:text}.
func brief(v value.Value) string {
	if v.Kind == value.Num {
		return "{N:" + v.Number.String() + "}"
	}
	return "{" + string(v.Kind) + ":" + v.Text + "}"
}

// Paths are all document paths of the condition, in the order in which they stand; none of no condition.
func (c *Condition) Paths() []Path {
	if c == nil {
		return nil
	}
	var out []Path
	for i := range c.Sub {
		out = append(out, c.Sub[i].Paths()...)
	}
	for _, o := range c.Args {
		out = append(out, o.paths()...)
	}
	return out
}

// paths are the document paths of the operand.
func (o Operand) paths() []Path {
	if o.Path != nil {
		return []Path{o.Path}
	}
	var out []Path
	for _, a := range o.Args {
		out = append(out, a.paths()...)
	}
	return out
}

// Holds evaluates the condition over an item. What is missing or of another type makes a comparison false, and <> true.
func (c *Condition) Holds(item value.Item) bool {
	switch c.Op {
	case "AND":
		return c.Sub[0].Holds(item) && c.Sub[1].Holds(item)
	case "OR":
		return c.Sub[0].Holds(item) || c.Sub[1].Holds(item)
	case "NOT":
		return !c.Sub[0].Holds(item)
	}
	a, there := c.Args[0].read(item)
	switch c.Op {
	case "attribute_exists":
		return there
	case "attribute_not_exists":
		return !there
	case "IN":
		for _, o := range c.Args[1:] {
			if b, ok := o.read(item); ok && there && value.Equal(a, b) {
				return true
			}
		}
		return false
	}
	b, both := c.Args[1].read(item)
	both = both && there
	if c.Op == "<>" {
		return !both || !value.Equal(a, b)
	}
	if !both {
		return false
	}
	switch c.Op {
	case "=":
		return value.Equal(a, b)
	case "attribute_type":
		return string(a.Kind) == b.Text
	case "begins_with":
		return a.Kind == b.Kind && (a.Kind == value.String || a.Kind == value.Binary) && strings.HasPrefix(a.Text, b.Text)
	case "contains":
		return contains(a, b)
	}
	order, ok := value.Compare(a, b)
	switch c.Op {
	case "<":
		return ok && order < 0
	case "<=":
		return ok && order <= 0
	case ">":
		return ok && order > 0
	case ">=":
		return ok && order >= 0
	}
	// BETWEEN
	high, there := c.Args[2].read(item)
	above, ok2 := value.Compare(a, high)
	return there && ok && ok2 && order >= 0 && above <= 0
}

func contains(a, b value.Value) bool {
	switch a.Kind {
	case value.String, value.Binary:
		return a.Kind == b.Kind && strings.Contains(a.Text, b.Text)
	}
	return (a.Kind == value.List || a.Kind.Member() == b.Kind && b.Kind != "") && a.Has(b)
}

// read gives an operand's value over an item.
func (o Operand) read(item value.Item) (value.Value, bool) {
	switch {
	case o.Value != nil:
		return *o.Value, true
	case o.Path != nil:
		return o.Path.Find(item)
	}
	// size, the only function that is an operand here
	v, ok := o.Args[0].read(item)
	n := 0
	switch v.Kind {
	case value.String:
		n = len([]rune(v.Text))
	case value.Binary:
		n = len(v.Text)
	case value.Map:
		n = len(v.Map)
	case value.List, value.StringSet, value.NumberSet, value.BinarySet:
		n = len(v.List)
	default:
		ok = false
	}
	return value.Int(n), ok
}
