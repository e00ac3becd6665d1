package secretsmanager

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

const (
	secretType = "AWS::SecretsManager::Secret"
	space      = "secretsmanager" // the namespace of all secrets' state
)

// Simulate brings secrets and the Secrets Manager API.
func (Kind) Simulate() kind.Simulation {
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type: secretType, Properties: []string{"Name", "Description", "GenerateSecretString", "SecretString"}, Ignored: []string{"KmsKeyId", "Tags"},
			Replace: []string{"Name"}, Stateful: true,
			Check: check, Create: create, Update: update, Delete: remove,
		}},
		Services: []kind.Service{{Name: "secretsmanager", Serve: serve}},
	}
}

// check refuses what AWS refuses too, as far as it is known before anything exists.
func check(p map[string]any) error {
	if p["GenerateSecretString"] != nil && p["SecretString"] != nil {
		return fault.New(fault.Invalid, "a secret has either a SecretString or a generated one").At("GenerateSecretString")
	}
	g, _ := p["GenerateSecretString"].(map[string]any)
	if around, ok := g["SecretStringTemplate"].(string); ok && (g["GenerateStringKey"] == nil || !json.Valid([]byte(around)) || !strings.HasPrefix(strings.TrimSpace(around), "{")) {
		return fault.New(fault.Invalid, "a SecretStringTemplate is a JSON object and needs a GenerateStringKey").At("GenerateSecretString.SecretStringTemplate")
	}
	if text, ok := p["SecretString"].(string); ok && cfn.Known(text) && len(text) > maxBytes {
		return fault.New(fault.Limit, "a secret has at most %d bytes, and this one %d", maxBytes, len(text)).At("SecretString")
	}
	return nil
}

// nameOf is the name of a secret before it has an ARN.
func nameOf(in kind.Instance) string {
	if name := property.Text(in.Properties, "Name"); name != "" {
		return name
	}
	return in.PhysicalID
}

func create(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	s := &secret{Name: nameOf(in), Created: w.Now(), Changed: w.Now()}
	// AWS adds six random characters, so that a policy for one secret does not hold for a later one of the same name.
	s.ARN = w.ARN("secretsmanager", "secret:"+s.Name+"-"+strings.ReplaceAll(w.NewID(), "-", "")[26:])
	in.PhysicalID, in.ARN, in.Attributes = s.ARN, s.ARN, map[string]any{"Id": s.ARN}
	return in, w.State(space).Update(func(tx kind.Tx) error {
		had, err := load(tx, s.Name)
		if err != nil {
			return err
		}
		if had != nil {
			return fault.New(fault.Conflict, "a secret named %s exists already", s.Name).At(in.LogicalID)
		}
		if err := s.fill(w, in.Properties); err != nil {
			return err
		}
		return s.save(tx)
	})
}

// fill gives the secret the value that the template asks for; one without is empty until a value is put.
func (s *secret) fill(w kind.World, p map[string]any) error {
	value, given := p["SecretString"].(string)
	if g, ok := p["GenerateSecretString"].(map[string]any); ok {
		var err error
		if value, err = generated(w, g); err != nil {
			return err
		}
		given = true
	}
	if given {
		s.put(w.NewID(), version{String: &value, Stages: []string{current}}, w.Now())
	}
	return nil
}

// update makes a new version where the template asks for another value, and leaves what was put since alone otherwise.
func update(_ context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
	if reflect.DeepEqual(old.Properties["GenerateSecretString"], in.Properties["GenerateSecretString"]) && reflect.DeepEqual(old.Properties["SecretString"], in.Properties["SecretString"]) {
		return in, nil
	}
	return in, w.State(space).Update(func(tx kind.Tx) error {
		s, err := load(tx, named(in.ARN))
		if err != nil || s == nil {
			return err
		}
		if err := s.fill(w, in.Properties); err != nil {
			return err
		}
		return s.save(tx)
	})
}

func remove(_ context.Context, w kind.World, in kind.Instance) error {
	name := nameOf(in)
	if in.ARN != "" {
		name = named(in.ARN)
	}
	return w.State(space).Update(func(tx kind.Tx) error { return tx.Delete(stateKey(name)) })
}

// named is the name within an ARN: what follows the sixth colon, without the random end.
func named(arn string) string {
	part := strings.SplitN(arn, ":", 7)
	name := part[len(part)-1]
	return name[:max(0, len(name)-7)]
}
