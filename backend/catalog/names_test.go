package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"airloom/backend/catalog"
	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// nasty are pieces of names that something on the way to CloudFormation might interpret.
var nasty = []string{"${AWS::Region}", "${", "}", "{{resolve:ssm:/x}}", "{{resolve:", "}}", "Ref", "Fn::Sub", "!Ref x", "\"", "'", "`", "\\", "\n", "\r\n", "\t", "\x00", "$(id)", "${{ x }}", "%s", "<script>",
	"é", "ß", "注文", "🛒", "\u202eabc", "\u200d", "\ufeff", "a", "Z", "0", "-", "_", " ", ".", "/", ":", "#", "&", "*", "null", "true", "1e9", "0x1", "yes"}

func nastyName(random *rand.Rand) string {
	var b strings.Builder
	for range 1 + random.IntN(6) {
		b.WriteString(nasty[random.IntN(len(nasty))])
	}
	return b.String()
}

// shelfNamed draws one node of every kind: the name is also the value of every text that takes anything.
func shelfNamed(t testing.TB, ids map[string]design.ID, name string) design.Design {
	d := design.New()
	for _, k := range catalog.Shelf() {
		sp := k.Spec()
		props := design.Props{}
		for field, v := range example(t, k) {
			props[field] = v
		}
		for _, f := range sp.Fields {
			switch {
			case props[f.Name] != nil || f.Pattern != "" || len(f.Options) > 0:
			case f.Type == kind.Map:
				props[f.Name] = map[string]any{"KEY": name}
			case f.Type == kind.LongText, f.Type == kind.Text && f.Default == nil:
				props[f.Name] = name
			}
		}
		id := ids[sp.ID]
		d.Nodes[id] = design.Node{ID: id, Kind: sp.ID, Name: name, Props: props}
	}
	return d
}

// No name and no free text is ever interpreted (I10): with random names, 10,000 in the long form, the logical ids are legal, unique and stable, and
// the evaluated template is that of a plain name with the name in its place. What CloudFormation has no escape for is refused.
func TestNamesStayText(t *testing.T) {
	t.Parallel()
	legal := regexp.MustCompile(`^[A-Za-z0-9]{1,255}$`)
	random := rand.New(rand.NewPCG(3, 4))
	shelf := catalog.Shelf()
	const plain = "PLAINNAME"
	names := 2_000
	if os.Getenv("AIRLOOM_SOAK") != "" {
		names = 10_000
	}
	for range names/len(shelf) + 1 {
		name := nastyName(random)
		ids := map[string]design.ID{}
		taken := design.New()
		for _, k := range shelf {
			id := design.NewNodeID(taken, name, k.Spec().Noun)
			if _, twice := taken.Nodes[id]; twice || !id.Legal() {
				t.Fatalf("%q gives the id %q", name, id)
			}
			taken.Nodes[id] = design.Node{ID: id}
			ids[k.Spec().ID] = id
		}
		b := gen(t, shelfNamed(t, ids, name))
		refused := false
		for _, f := range b.Findings {
			if f.Rule == "literal" && strings.Contains(name, "{{resolve:") {
				refused = true
				continue
			}
			if f.Severity == fault.Blocking && f.Field == "" { // kinds may have rules about texts of theirs
				t.Fatalf("%q: %+v", name, f)
			}
		}
		want := gen(t, shelfNamed(t, ids, plain))
		for id := range b.Template.Resources {
			if _, ok := want.Template.Resources[id]; !legal.MatchString(id) || !ok {
				t.Fatalf("%q gives the logical id %q", name, id)
			}
		}
		parsed, err := cfn.Parse(b.Body)
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if refused {
			continue
		}
		if !strings.Contains(string(want.Body), plain) {
			t.Fatal("no name comes into the template: the test looks at nothing")
		}
		got, plainly := evaluated(t, parsed), replaced(evaluated(t, want.Template), plain, name)
		if !reflect.DeepEqual(got, plainly) {
			for id := range plainly {
				if !reflect.DeepEqual(got[id], plainly[id]) {
					t.Fatalf("%q: %s is\n%v\nwant\n%v", name, id, got[id], plainly[id])
				}
			}
			t.Fatalf("%q has come into the names of the template", name)
		}
	}
}

// evaluated is all of a template that CloudFormation evaluates or shows, with stand-ins for what the stack would give.
func evaluated(t testing.TB, tpl cfn.Template) map[string]any {
	t.Helper()
	env, err := cfn.NewEnv(tpl, map[string]string{kind.ArtifactBucket: "artifacts"}, map[string]any{"AWS::Region": "eu-west-1", "AWS::AccountId": "111122223333", "AWS::Partition": "aws",
		"AWS::StackName": "stack", "AWS::StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/stack/1a2b-3c", "AWS::URLSuffix": "amazonaws.com"})
	if err != nil {
		t.Fatal(err)
	}
	env.Ref = func(id string) (any, error) { return "ref-" + id, nil }
	env.GetAtt = func(id, attribute string) (any, error) { return "att-" + id + "-" + attribute, nil }
	env.Dynamic = func(service, reference string) (string, error) {
		return "", fmt.Errorf("the reference %s to %s was read out of a text", reference, service)
	}
	out := map[string]any{"": tpl.Description}
	eval := func(id string, v any) {
		if out[id], err = env.Eval(id, v); err != nil {
			t.Fatal(err)
		}
	}
	for id, r := range tpl.Resources {
		eval(id, map[string]any{"Type": r.Type, "Properties": orEmpty(r.Properties), "Metadata": orEmpty(r.Metadata)})
	}
	for id, o := range tpl.Outputs {
		eval("Outputs."+id, map[string]any{"Description": o.Description, "Value": o.Value})
	}
	return out
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// replaced puts a name into every text that holds the plain one.
func replaced[V any](v V, plain, name string) V {
	var walk func(any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			return strings.ReplaceAll(v, plain, name)
		case []any:
			out := make([]any, len(v))
			for i, e := range v {
				out[i] = walk(e)
			}
			return out
		case map[string]any:
			out := make(map[string]any, len(v))
			for k, e := range v {
				out[k] = walk(e)
			}
			return out
		}
		return v
	}
	out, _ := walk(v).(V)
	return out
}
