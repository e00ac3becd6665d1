package kind

import (
	"encoding/json"
	"reflect"
	"testing"

	"airloom/backend/cfn"
	"airloom/backend/design"
)

func TestReferences(t *testing.T) {
	for text, want := range map[string]any{
		`{"$ref": "order-items"}`:              cfn.Ref("OrderItems"),
		`{"$ref": "AWS::Region"}`:              cfn.Ref("AWS::Region"),
		`{"$param": "Stage"}`:                  cfn.Ref("Stage"),
		`{"$getAtt": ["orders", "Arn"]}`:       cfn.GetAtt("Orders", "Arn"),
		`{"$getAtt": ["db", "Endpoint.Port"]}`: cfn.GetAtt("Db", "Endpoint.Port"),
		// What a person writes is what it says, whatever it looks like.
		`"{\"$ref\": \"orders\"}"`: nil, `"${Orders.Arn}"`: nil, `"{{resolve:ssm:x}}"`: nil, `"!Ref Orders"`: nil,
		`{"Ref": "Orders"}`: nil, `{"Fn::GetAtt": ["Orders", "Arn"]}`: nil, `{"Fn::Sub": "${AWS::Region}"}`: nil,
		`{"$ref": "orders", "more": 1}`: nil, `{}`: nil, `null`: nil, `7`: nil, `["$ref", "orders"]`: nil,
		`{"$ref": "#/definitions/order"}`: nil, `{"$ref": "Orders"}`: nil, `{"$ref": ""}`: nil, `{"$ref": 7}`: nil, `{"$ref": "AWS::Region}"}`: nil,
		`{"$getAtt": ["orders"]}`: nil, `{"$getAtt": ["orders", ""]}`: nil, `{"$getAtt": ["orders", "Arn}${x"]}`: nil, `{"$getAtt": ["", "Arn"]}`: nil,
		`{"$getAtt": ["orders", 1]}`: nil, `{"$getAtt": "orders.Arn"}`: nil, `{"$param": ""}`: nil, `{"$param": "AWS::Region"}`: nil, `{"$param": "a b"}`: nil,
	} {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		got, ok := Reference(v)
		if ok != (want != nil) || ok && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %t, want %v", text, got, ok, want)
		}
	}
}

func TestAMapGivesReferencesWhereItsFieldTakesThem(t *testing.T) {
	picked := map[string]any{"QUEUE": map[string]any{"$ref": "jobs"}, "TEXT": "${Jobs}"}
	s := Scope{Node: design.Node{Props: design.Props{"some": picked, "none": picked}},
		Spec: Spec{Fields: []Field{{Name: "some", Type: Map, References: true}, {Name: "none", Type: Map}}}}
	if got := s.Map("some"); !reflect.DeepEqual(got, map[string]any{"QUEUE": cfn.Ref("Jobs"), "TEXT": "${Jobs}"}) {
		t.Errorf("%v", got)
	}
	if got := s.Map("none"); !reflect.DeepEqual(got, picked) {
		t.Errorf("a field that takes none: %v", got)
	}
	if s.Map("absent") != nil {
		t.Error("an absent map is there")
	}
	if _, isMap := picked["QUEUE"].(map[string]any); !isMap {
		t.Error("the drawing itself was changed")
	}
}
