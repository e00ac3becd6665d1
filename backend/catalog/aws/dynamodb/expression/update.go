package expression

import (
	"errors"
	"slices"
	"strings"

	"airloom/backend/catalog/aws/dynamodb/value"
)

// Update is a parsed update expression.
type Update struct {
	set    []assignment
	remove []Path
	add    []assignment
	del    []assignment
}

// assignment gives a path a value: left, or left + right, or left - right.
type assignment struct {
	path  Path
	op    string // "", "+" or "-"
	left  Operand
	right Operand
}

// ParseUpdate parses an update expression.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
func ParseUpdate(text string, scope *Scope) (*Update, error) {
	p, err := open(text, scope)
	if err != nil {
		return nil, err
	}
	u := &Update{}
	seen := map[string]bool{}
	for p.peek().class != end {
		section := strings.ToUpper(p.peek().text)
		if p.peek().class != word || !strings.Contains(" SET REMOVE ADD DELETE ", " "+section+" ") {
			return nil, p.unexpected()
		}
		if seen[section] {
			p.fail("The %q section can only be used once in an update expression;", section)
		}
		seen[section] = true
		p.i++
		for {
			if err := p.action(u, section); err != nil {
				return nil, err
			}
			if !p.take(",") {
				break
			}
		}
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return u, overlap(u.Paths())
}

func (p *parser) action(u *Update, section string) error {
	path, err := p.path()
	if err != nil {
		return err
	}
	p.operators++
	a := assignment{path: path}
	switch section {
	case "SET":
		if err := p.want("="); err != nil {
			return err
		}
		if a.left, err = p.setOperand(); err != nil {
			return err
		}
		if p.is("+") || p.is("-") {
			a.op = p.peek().text
			p.i++
			p.operators++
			if a.right, err = p.setOperand(); err != nil {
				return err
			}
			for _, o := range []Operand{a.left, a.right} {
				if k := kindOf(o); k != "" && k != value.Num {
					p.fail("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", a.op, k)
				}
			}
		}
		u.set = append(u.set, a)
	case "REMOVE":
		u.remove = append(u.remove, path)
	default:
		if p.peek().class != val {
			return p.unexpected()
		}
		if a.left, err = p.operand(); err != nil {
			return err
		}
		k := kindOf(a.left)
		if allowed := k.Member() != "" || section == "ADD" && k == value.Num; !allowed && k != "" {
			p.fail("Incorrect operand type for operator or function; operator: %s, operand type: %s, typeSet: ALLOWED_FOR_%[1]s_OPERAND", section, longKind(k))
		}
		if section == "ADD" {
			u.add = append(u.add, a)
		} else {
			u.del = append(u.del, a)
		}
	}
	return nil
}

// longKind is a type's name as the messages about ADD and DELETE have it.
func longKind(k value.Kind) string {
	return map[value.Kind]string{value.String: "STRING", value.Num: "NUMBER", value.Binary: "BINARY", value.Bool: "BOOLEAN", value.Null: "NULL",
		value.List: "LIST", value.Map: "MAP"}[k]
}

func (p *parser) setOperand() (Operand, error) {
	if p.take("(") {
		o, err := p.setOperand()
		if err != nil {
			return o, err
		}
		return o, p.want(")")
	}
	o, err := p.operand()
	if err == nil && o.Function != "" {
		if _, known := signatureOf(o.Function); known && !updates(o.Function) {
			p.fail("The function is not allowed in an update expression; function: %s", o.Function)
		}
	}
	return o, err
}

// Paths are the paths that the update changes, in the order SET, REMOVE, ADD, DELETE; none of no update.
func (u *Update) Paths() []Path {
	if u == nil {
		return nil
	}
	var out []Path
	for _, a := range u.set {
		out = append(out, a.path)
	}
	out = append(out, u.remove...)
	for _, a := range slices.Concat(u.add, u.del) {
		out = append(out, a.path)
	}
	return out
}

// Reads are the paths that the update's operands read; none of no update.
func (u *Update) Reads() []Path {
	if u == nil {
		return nil
	}
	var out []Path
	for _, a := range u.set {
		out = append(out, a.left.paths()...)
		out = append(out, a.right.paths()...)
	}
	return out
}

// The errors of an update that fits no item, or not this one.
var (
	errPath    = errors.New("The document path provided in the update expression is invalid for update")
	errMissing = errors.New("The provided expression refers to an attribute that does not exist in the item")
	errOperand = errors.New("An operand in the update expression has an incorrect data type")
)

// Apply gives the item as the update leaves it; the given item stays as it is. All operands are read from the given item.
func (u *Update) Apply(item value.Item) (value.Item, error) {
	root := value.Value{Kind: value.Map, Map: item}
	type change struct {
		path Path
		v    value.Value
	}
	var puts []change
	removes := slices.Clone(u.remove)
	for _, a := range u.set {
		v, err := a.compute(item)
		if err != nil {
			return nil, err
		}
		puts = append(puts, change{a.path, v})
	}
	for _, a := range u.add {
		v, err := add(a, item)
		if err != nil {
			return nil, err
		}
		puts = append(puts, change{a.path, v})
	}
	for _, a := range u.del {
		old, ok := a.path.Find(item)
		if !ok {
			continue
		}
		if old.Kind != a.left.Value.Kind {
			return nil, errOperand
		}
		left := slices.DeleteFunc(slices.Clone(old.List), func(m value.Value) bool { return a.left.Value.Has(m) })
		if len(left) == 0 {
			removes = append(removes, a.path)
		} else {
			puts = append(puts, change{a.path, value.Value{Kind: old.Kind, List: left}})
		}
	}
	// Values beyond the end of a list are appended in the order of their indexes.
	slices.SortStableFunc(puts, func(a, b change) int { return comparePaths(a.path, b.path) })
	for _, c := range puts {
		var err error
		if root, err = put(root, c.path, &c.v); err != nil {
			return nil, err
		}
	}
	// From the last index on, so that the others keep theirs.
	slices.SortStableFunc(removes, func(a, b Path) int { return comparePaths(b, a) })
	for _, path := range removes {
		var err error
		if root, err = put(root, path, nil); err != nil {
			return nil, err
		}
	}
	return root.Map, nil
}

func comparePaths(a, b Path) int {
	return slices.CompareFunc(a, b, func(x, y Step) int {
		if x.Name != y.Name {
			return strings.Compare(x.Name, y.Name)
		}
		return x.Index - y.Index
	})
}

// put copies v with the value at the path set, or removed where nil.
func put(v value.Value, path Path, to *value.Value) (value.Value, error) {
	step, last := path[0], len(path) == 1
	switch {
	case step.Name != "" && v.Kind == value.Map:
		old, there := v.Map[step.Name]
		copied := make(value.Item, len(v.Map)+1)
		for n, m := range v.Map {
			copied[n] = m
		}
		switch {
		case last && to == nil:
			delete(copied, step.Name)
		case last:
			copied[step.Name] = *to
		case !there:
			return v, errPath
		default:
			inner, err := put(old, path[1:], to)
			if err != nil {
				return v, err
			}
			copied[step.Name] = inner
		}
		return value.Value{Kind: value.Map, Map: copied}, nil
	case step.Name == "" && v.Kind == value.List:
		inside := step.Index < len(v.List)
		list := slices.Clone(v.List)
		switch {
		case last && to == nil && inside:
			list = slices.Delete(list, step.Index, step.Index+1)
		case last && to == nil:
		case last && inside:
			list[step.Index] = *to
		case last:
			list = append(list, *to)
		case !inside:
			return v, errPath
		default:
			inner, err := put(v.List[step.Index], path[1:], to)
			if err != nil {
				return v, err
			}
			list[step.Index] = inner
		}
		return value.Value{Kind: value.List, List: list}, nil
	}
	return v, errPath
}

func (a assignment) compute(item value.Item) (value.Value, error) {
	left, err := a.left.compute(item)
	if err != nil || a.op == "" {
		return left, err
	}
	right, err := a.right.compute(item)
	if err != nil {
		return right, err
	}
	if left.Kind != value.Num || right.Kind != value.Num {
		return left, errOperand
	}
	by := right.Number
	if a.op == "-" {
		by = by.Negate()
	}
	sum, err := left.Number.Add(by)
	return value.Value{Kind: value.Num, Number: sum}, err
}

// compute gives the value of an operand of SET.
func (o Operand) compute(item value.Item) (value.Value, error) {
	switch {
	case o.Value != nil:
		return *o.Value, nil
	case o.Path != nil:
		v, ok := o.Path.Find(item)
		if !ok {
			return v, errMissing
		}
		return v, nil
	case o.Function == "if_not_exists":
		if v, ok := o.Args[0].Path.Find(item); ok {
			return v, nil
		}
		return o.Args[1].compute(item)
	}
	// list_append
	a, err := o.Args[0].compute(item)
	if err != nil {
		return a, err
	}
	b, err := o.Args[1].compute(item)
	if err != nil {
		return b, err
	}
	if a.Kind != value.List || b.Kind != value.List {
		return a, errOperand
	}
	return value.Value{Kind: value.List, List: slices.Concat(a.List, b.List)}, nil
}

// add adds a number, or members to a set; what is missing counts as nothing.
func add(a assignment, item value.Item) (value.Value, error) {
	by := *a.left.Value
	old, ok := a.path.Find(item)
	switch {
	case !ok:
		return by, nil
	case old.Kind != by.Kind:
		return old, errOperand
	case by.Kind == value.Num:
		sum, err := old.Number.Add(by.Number)
		return value.Value{Kind: value.Num, Number: sum}, err
	}
	return value.SetOf(by.Kind, slices.Concat(old.List, by.List)), nil
}
