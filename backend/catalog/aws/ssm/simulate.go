package ssm

import (
	"context"
	"regexp"
	"strings"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
	"airloom/backend/kind/property"
)

const (
	parameterType = "AWS::SSM::Parameter"
	space         = "ssm" // the namespace of all parameters' state
	mostVersions  = 100   // older ones are forgotten
)

// limits are the longest values, by tier.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
var limits = map[string]int{"Standard": 4096, "Advanced": 8192}

// Simulate brings parameters and the part of Systems Manager's API that reads and writes them.
func (Kind) Simulate() kind.Simulation {
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type: parameterType, Properties: []string{"Name", "Type", "Value", "Tier", "AllowedPattern", "Description"}, Ignored: []string{"Tags"},
			Replace: []string{"Name"}, Check: check, Create: create, Update: update, Delete: remove,
		}},
		Services: []kind.Service{{Name: "ssm", Serve: serve}},
	}
}

// parameter is what is kept of one, under its name.
type parameter struct {
	Name, ARN, Type, Tier, Pattern string
	First                          int // the number of the oldest version kept
	Versions                       []version
}

// version is one value that the parameter had.
type version struct {
	Value string
	At    time.Time
}

// last is the number of the current version.
func (p *parameter) last() int { return p.First + len(p.Versions) - 1 }

// put adds a version, if AWS would take the value.
func (p *parameter) put(value string, now time.Time) error {
	if value == "" {
		return awsapi.Errorf("ValidationException", "A parameter has a value.")
	}
	if most := limits[p.Tier]; len(value) > most {
		return awsapi.Errorf("ValidationException", "%s tier parameters support a maximum parameter value of %d characters.", p.Tier, most)
	}
	if p.Pattern != "" {
		pattern, err := regexp.Compile(whole(p.Pattern))
		if err != nil {
			return fault.Wrap(err, fault.Internal, "read the pattern of %s", p.Name) // check has read it
		}
		if !pattern.MatchString(value) {
			return awsapi.Errorf("ParameterPatternMismatchException", "Parameter value, %s, cannot be validated against allowedPattern: %s", value, p.Pattern)
		}
	}
	p.Versions = append(p.Versions, version{value, now})
	if over := len(p.Versions) - mostVersions; over > 0 {
		p.First, p.Versions = p.First+over, p.Versions[over:]
	}
	return nil
}

// whole makes a pattern match whole values.
func whole(pattern string) string { return "^(?:" + pattern + ")$" }

func stateKey(name string) []byte { return []byte("p/" + name) }

// load reads a parameter, nil where there is none.
func load(tx kind.Tx, name string) (*parameter, error) {
	var p parameter
	found, err := kind.Load(tx, stateKey(name), &p)
	if !found || err != nil {
		return nil, err
	}
	return &p, nil
}

func (p *parameter) save(tx kind.Tx) error { return kind.Save(tx, stateKey(p.Name), p) }

// check refuses what cannot be simulated, as far as it is known before anything exists.
func check(p map[string]any) error {
	if t, ok := p["Type"].(string); ok && cfn.Known(t) && t != "String" && t != "StringList" {
		return fault.New(fault.Unsupported, "the embedded sandbox has parameters of the types String and StringList, not %s", t).At("Type")
	}
	if t, ok := p["Tier"].(string); ok && cfn.Known(t) && limits[t] == 0 {
		return fault.New(fault.Unsupported, "the embedded sandbox has the tiers Standard and Advanced, not %s", t).At("Tier")
	}
	if text, ok := p["AllowedPattern"].(string); ok && cfn.Known(text) {
		if _, err := regexp.Compile(whole(text)); err != nil {
			return fault.New(fault.Unsupported, "the embedded sandbox cannot read the pattern %q: %v", text, err).At("AllowedPattern")
		}
	}
	return nil
}

// arnOf is a parameter's ARN: a name that is a path brings the slash.
func arnOf(w kind.World, name string) string {
	return w.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

func create(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	if name := property.Text(in.Properties, "Name"); name != "" {
		in.PhysicalID = name
	}
	in.ARN = arnOf(w, in.PhysicalID)
	return in, w.State(space).Update(func(tx kind.Tx) error {
		had, err := load(tx, in.PhysicalID)
		if err != nil {
			return err
		}
		if had != nil {
			return fault.New(fault.Conflict, "a parameter named %s exists already", in.PhysicalID).At(in.LogicalID)
		}
		return describe(&in, &parameter{Name: in.PhysicalID, ARN: in.ARN, First: 1}, true, tx, w.Now())
	})
}

// update makes a new version where the template asks for another value, and leaves what was put since alone otherwise.
func update(_ context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN = old.PhysicalID, old.ARN
	return in, w.State(space).Update(func(tx kind.Tx) error {
		p, err := load(tx, in.PhysicalID)
		if err != nil || p == nil {
			return err
		}
		return describe(&in, p, old.Properties["Value"] != in.Properties["Value"], tx, w.Now())
	})
}

// describe gives a parameter what the template says of it.
func describe(in *kind.Instance, p *parameter, fresh bool, tx kind.Tx, now time.Time) error {
	text := func(name, absent string) string {
		if s, ok := in.Properties[name].(string); ok {
			return s
		}
		return absent
	}
	p.Type, p.Tier, p.Pattern = text("Type", ""), text("Tier", "Standard"), text("AllowedPattern", "")
	if fresh {
		if err := p.put(text("Value", ""), now); err != nil {
			return fault.Wrap(err, fault.Invalid, "give the parameter its value").At(in.LogicalID)
		}
	}
	in.Attributes = map[string]any{"Type": p.Type, "Value": text("Value", "")}
	return p.save(tx)
}

func remove(_ context.Context, w kind.World, in kind.Instance) error {
	name := in.PhysicalID
	if own := property.Text(in.Properties, "Name"); own != "" {
		name = own
	}
	return w.State(space).Update(func(tx kind.Tx) error { return tx.Delete(stateKey(name)) })
}
