package secretsmanager

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

// api refuses what is not done here as an operation that it does not know.
var api = awsapi.JSON{Version: "1.1", Message: "Message", Refusal: "UnknownOperationException", Internal: "InternalServiceError"}

// call is one request being answered.
type call struct {
	w         kind.World
	who       kind.Principal
	operation string
	body      []byte
}

// operations are those that the embedded sandbox carries out.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
var operations = map[string]func(call) (any, error){
	"GetSecretValue": call.get, "PutSecretValue": call.put, "DescribeSecret": call.describe, "ListSecretVersionIds": call.versions, "ListSecrets": call.list,
	"GetRandomPassword": call.random,
}

// serve answers the JSON 1.1 protocol.
func serve(_ context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
	operation, _ := strings.CutPrefix(r.Get("X-Amz-Target"), "secretsmanager.")
	run, known := operations[operation]
	if !known {
		return api.Answer(w, nil, api.Refuse("does not carry out %s: secrets are created and changed by drawing them", operation))
	}
	v, err := run(call{w, r.Principal, operation, r.Body})
	return api.Answer(w, v, err)
}

func (c call) read(into any) error { return api.Read(c.operation, c.body, into) }

// find gives the name of the secret that an id means (its name, its ARN, or its ARN without the random end), after checking
// that the caller may do this to it. No question is asked of the world within a transaction: it may want one of its own.
func (c call) find(id, action string) (string, error) {
	names, arn := []string{id}, c.w.ARN("secretsmanager", "secret:"+id)
	if part := strings.SplitN(id, ":", 7); len(part) == 7 {
		names, arn = []string{named(id), part[6]}, id
	}
	found := ""
	if err := c.w.State(space).View(func(tx kind.Tx) error {
		for _, name := range names {
			s, err := load(tx, name)
			if err != nil {
				return err
			}
			if s != nil && (s.Name == id || strings.HasPrefix(s.ARN, id)) {
				found, arn = name, s.ARN
				return nil
			}
		}
		return nil
	}); err != nil {
		return "", err
	}
	if err := c.w.Allow(kind.Access{Principal: c.who, Action: "secretsmanager:" + action, Resource: arn, Context: map[string]string{"secretsmanager:SecretId": arn}}); err != nil {
		return "", err
	}
	if found == "" {
		return "", gone()
	}
	return found, nil
}

func gone() awsapi.Error {
	return awsapi.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

// one reads the secret that an id means.
func (c call) one(id, action string) (*secret, error) {
	name, err := c.find(id, action)
	if err != nil {
		return nil, err
	}
	var s *secret
	err = c.w.State(space).View(func(tx kind.Tx) error { s, err = load(tx, name); return err })
	if err == nil && s == nil {
		err = gone() // since it was found
	}
	return s, err
}

// change lets f change a secret, and keeps what it makes of it.
func (c call) change(name string, f func(*secret) error) error {
	return c.w.State(space).Update(func(tx kind.Tx) error {
		s, err := load(tx, name)
		if err != nil {
			return err
		}
		if s == nil {
			return gone() // since it was found
		}
		if err := f(s); err != nil {
			return err
		}
		return s.save(tx)
	})
}

func (c call) get() (any, error) {
	var r struct{ SecretId, VersionId, VersionStage string }
	if err := c.read(&r); err != nil {
		return nil, err
	}
	s, err := c.one(r.SecretId, "GetSecretValue")
	if err != nil {
		return nil, err
	}
	id := r.VersionId
	switch v, ok := s.Versions[id]; {
	case id != "" && !ok:
		return nil, awsapi.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for VersionId: %s", id)
	case id != "" && r.VersionStage != "" && !slices.Contains(v.Stages, r.VersionStage):
		return nil, awsapi.Errorf("InvalidRequestException", "You provided a VersionStage that is not associated to the provided VersionId.")
	case id == "":
		stage := r.VersionStage
		if stage == "" {
			stage = current
		}
		if id = s.labelled(stage); id == "" {
			return nil, awsapi.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: %s", stage)
		}
	}
	if day := c.w.Now().UTC().Truncate(24 * time.Hour); !s.Read.Equal(day) {
		if err := c.change(s.Name, func(s *secret) error { s.Read = day; return nil }); err != nil {
			return nil, err
		}
	}
	v := s.Versions[id]
	return value{ARN: s.ARN, Name: s.Name, VersionID: id, SecretString: v.String, SecretBinary: v.Binary, VersionStages: v.Stages, Created: epoch(v.Created)}, nil
}

// value is a version as the API gives it.
type value struct {
	ARN           string
	Name          string
	VersionID     string  `json:"VersionId"`
	SecretString  *string `json:",omitempty"`
	SecretBinary  []byte  `json:",omitempty"`
	VersionStages []string
	Created       float64 `json:"CreatedDate,omitempty"`
}

func epoch(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
func (c call) put() (any, error) {
	var r struct {
		SecretId, ClientRequestToken string
		SecretString                 *string
		SecretBinary                 []byte
		VersionStages                []string
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	size := len(r.SecretBinary)
	if r.SecretString != nil {
		size += len(*r.SecretString)
	}
	switch {
	case (r.SecretString == nil) == (r.SecretBinary == nil):
		return nil, awsapi.Errorf("InvalidRequestException", "You must provide either SecretString or SecretBinary.")
	case size > maxBytes:
		return nil, awsapi.Errorf("InvalidParameterException", "The value has %d bytes, and a secret has at most %d.", size, maxBytes)
	case r.VersionStages != nil && (len(r.VersionStages) == 0 || len(r.VersionStages) > 20):
		return nil, awsapi.Errorf("InvalidParameterException", "A version has 1 to 20 staging labels.")
	case r.ClientRequestToken != "" && (len(r.ClientRequestToken) < 32 || len(r.ClientRequestToken) > 64):
		return nil, awsapi.Errorf("InvalidParameterException", "A ClientRequestToken has 32 to 64 characters.")
	}
	if r.VersionStages == nil {
		r.VersionStages = []string{current}
	}
	if r.ClientRequestToken == "" {
		r.ClientRequestToken = c.w.NewID()
	}
	name, err := c.find(r.SecretId, "PutSecretValue")
	if err != nil {
		return nil, err
	}
	now := c.w.Now()
	var out value
	err = c.change(name, func(s *secret) error {
		v := version{String: r.SecretString, Binary: r.SecretBinary, Stages: r.VersionStages}
		had, again := s.Versions[r.ClientRequestToken]
		switch {
		case again && !had.same(v):
			return awsapi.Errorf("ResourceExistsException", "You can't use ClientRequestToken %s because that value is already in use for a version of secret %s.", r.ClientRequestToken, s.ARN)
		case again:
			v = had
		default:
			s.put(r.ClientRequestToken, v, now)
		}
		out = value{ARN: s.ARN, Name: s.Name, VersionID: r.ClientRequestToken, VersionStages: v.Stages}
		return nil
	})
	return out, err
}

// same tells whether two versions have the same value.
func (v version) same(other version) bool {
	return (v.String == nil) == (other.String == nil) && (v.String == nil || *v.String == *other.String) && bytes.Equal(v.Binary, other.Binary)
}

func (c call) describe() (any, error) {
	var r struct{ SecretId string }
	if err := c.read(&r); err != nil {
		return nil, err
	}
	s, err := c.one(r.SecretId, "DescribeSecret")
	if err != nil {
		return nil, err
	}
	return c.description(s, "VersionIdsToStages"), nil
}

// description is what is known of a secret, but for its value. The two operations name the versions differently.
func (c call) description(s *secret, versions string) map[string]any {
	stages := map[string][]string{}
	for id, v := range s.Versions {
		stages[id] = v.Stages
	}
	d := map[string]any{"ARN": s.ARN, "Name": s.Name, "CreatedDate": epoch(s.Created), "LastChangedDate": epoch(s.Changed), versions: stages}
	if in, ok := c.w.Find(s.ARN); ok && in.Properties["Description"] != nil {
		d["Description"] = in.Properties["Description"]
	}
	if !s.Read.IsZero() {
		d["LastAccessedDate"] = epoch(s.Read)
	}
	return d
}

func (c call) versions() (any, error) {
	var r struct {
		SecretId          string
		IncludeDeprecated bool // versions without a label are forgotten here, so that there are none to be included
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	s, err := c.one(r.SecretId, "ListSecretVersionIds")
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, id := range slices.Sorted(maps.Keys(s.Versions)) {
		v := s.Versions[id]
		list = append(list, map[string]any{"VersionId": id, "VersionStages": v.Stages, "CreatedDate": epoch(v.Created)})
	}
	return map[string]any{"ARN": s.ARN, "Name": s.Name, "Versions": list}, nil
}

func (c call) list() (any, error) {
	if err := c.read(&struct{}{}); err != nil {
		return nil, err
	}
	if err := c.w.Allow(kind.Access{Principal: c.who, Action: "secretsmanager:ListSecrets", Resource: "*"}); err != nil {
		return nil, err
	}
	var all []*secret
	deployed := c.w.Instances(secretType)
	if err := c.w.State(space).View(func(tx kind.Tx) error {
		all = nil
		for _, in := range deployed {
			s, err := load(tx, named(in.ARN))
			if err != nil {
				return err
			}
			if s != nil {
				all = append(all, s)
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	list := []any{}
	for _, s := range all {
		list = append(list, c.description(s, "SecretVersionsToStages"))
	}
	return map[string]any{"SecretList": list}, nil
}

func (c call) random() (any, error) {
	var r password
	if err := c.read(&r); err != nil {
		return nil, err
	}
	if err := c.w.Allow(kind.Access{Principal: c.who, Action: "secretsmanager:GetRandomPassword", Resource: "*"}); err != nil {
		return nil, err
	}
	made, err := r.make(c.w)
	return map[string]any{"RandomPassword": made}, err
}
