// Package aws is the sandbox in the user's own account: artifacts in a bucket of its own, a CloudFormation stack changed by
// change sets and followed by its events. It is the only importer of the AWS SDK and imports the contracts (sandbox,
// generate, kind, cfn, event, fault).
//
// What was begun is noted on the disk before the cloud is asked, each mutating call carries a token, and a verdict is read
// only from events of that token: so that a lost answer, a killed process or a stale read neither repeats nor misjudges an
// operation. Credentials come from the user's AWS configuration and are kept nowhere.
package aws

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// Deps is what a Sandbox needs from the world.
type Deps struct {
	Name    string // the sandbox's name: "dev"
	Project string // project id: only stacks that carry it are touched
	Stack   string
	Folder  string            // the project's folder
	Config  map[string]string // profile, region, endpoint: each may be missing
	Now     func() time.Time
	After   func(time.Duration) <-chan time.Time
	NewID   func() string  // random and unique
	Jitter  func() float64 // 0…1, so that many clients do not ask in step
}

// Sandbox is a stack in an account. It is safe for concurrent use; mutating calls exclude one another.
type Sandbox struct {
	deps   Deps
	memory memory

	mu     sync.Mutex // held by plan, apply and destroy
	cfg    sdk.Config
	sts    *sts.Client
	cfn    *cloudformation.Client
	s3     *s3.Client
	logs   *cloudwatchlogs.Client
	traces map[string]map[string]string // by stack id and time: logical id → node
}

var _ sandbox.Sandbox = (*Sandbox)(nil)

// Open reads the user's AWS configuration. Nothing is asked of the network.
func Open(ctx context.Context, d Deps) (*Sandbox, error) {
	options := []func(*config.LoadOptions) error{config.WithRetryer(func() sdk.Retryer { return sdk.NopRetryer{} })} // see again
	if p := d.Config["profile"]; p != "" {
		options = append(options, config.WithSharedConfigProfile(p))
	}
	if r := d.Config["region"]; r != "" {
		options = append(options, config.WithRegion(r))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		var missing config.SharedConfigProfileNotExistError
		if errors.As(err, &missing) {
			return nil, fault.New(fault.NotFound, "your AWS configuration has no profile %q", d.Config["profile"]).At(d.Name).Try("`aws configure list-profiles` shows them")
		}
		return nil, fault.Wrap(err, fault.Invalid, "reading your AWS configuration").At(d.Name)
	}
	if cfg.Region == "" {
		return nil, fault.New(fault.Invalid, "no region is known for the sandbox %s", d.Name).At(d.Name).Try("set one in the profile, or add the sandbox with --region")
	}
	s := &Sandbox{deps: d, cfg: cfg, traces: map[string]map[string]string{},
		memory: memory{path: filepath.Join(d.Folder, ".airloom", "aws", d.Name+".json")}}
	var base *string
	if e := d.Config["endpoint"]; e != "" {
		base = sdk.String(strings.TrimSuffix(e, "/"))
	}
	s.sts = sts.NewFromConfig(cfg, func(o *sts.Options) { o.BaseEndpoint = base })
	s.cfn = cloudformation.NewFromConfig(cfg, func(o *cloudformation.Options) { o.BaseEndpoint = base })
	s.logs = cloudwatchlogs.NewFromConfig(cfg, func(o *cloudwatchlogs.Options) { o.BaseEndpoint = base })
	s.s3 = s3.NewFromConfig(cfg, func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = base, base != nil })
	return s, s.memory.load()
}

// Describe asks who acts and where, and refuses another account, region or partition than the first deployment's.
func (s *Sandbox) Describe(ctx context.Context) (sandbox.Identity, error) {
	var out *sts.GetCallerIdentityOutput
	err := s.again(ctx, "asking who you are", func() (err error) {
		out, err = s.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		return err
	})
	if err != nil {
		return sandbox.Identity{}, err
	}
	id := sandbox.Identity{Name: s.deps.Name, Type: "aws", Stack: s.deps.Stack, Account: sdk.ToString(out.Account), Region: s.cfg.Region,
		Caller: sdk.ToString(out.Arn), Endpoint: s.deps.Config["endpoint"]}
	if p := s.memory.now().Place; p != (place{}) && p != placeOf(id) {
		return id, fault.New(fault.Denied, "the sandbox %s was deployed to %s, and you are signed in to %s", s.deps.Name, p, placeOf(id)).At(s.deps.Name).
			Try("sign in there again, or add another sandbox")
	}
	return id, nil
}

// place is where a sandbox's first deployment went; it never moves.
type place struct {
	Partition string `json:"partition"`
	Account   string `json:"account"`
	Region    string `json:"region"`
}

func (p place) String() string {
	return fmt.Sprintf("account %s, region %s (%s)", p.Account, p.Region, p.Partition)
}

func placeOf(id sandbox.Identity) place {
	partition := "aws"
	if parts := strings.Split(id.Caller, ":"); len(parts) > 1 {
		partition = parts[1]
	}
	return place{partition, id.Account, id.Region}
}

// Close releases nothing: what was begun in the cloud goes on there.
func (s *Sandbox) Close() error { return nil }
