// Package resource is the kind aws.resource: any CloudFormation resource, kept whole and drawn, for all that no kind knows.
// kind.go says what it is, emit.go what becomes of it, reference.go how its properties name other nodes. Offline the engine
// refuses its type by name unless another kind simulates it. It imports kind, cfn, design and fault only.
package resource

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the kind of any resource. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallTarget = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	docTypes      = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html"
	docAttributes = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html"
	docActions    = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
)

// Spec describes the kind. What the resource is is not known, so that it counts as holding data.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.resource", Title: "AWS resource", Noun: "resource", Category: "Any",
		Summary:  "Any of CloudFormation's resource types, with its properties as they are",
		Keywords: []string{"cloudformation", "any", "custom", "raw", "type", "other"},
		Icon:     icon, Help: help, Doc: docTypes, Shape: kind.Box, Stateful: true,
		Fields: []kind.Field{
			{Name: "type", Title: "Type", Type: kind.Text, Required: true, Doc: docTypes, Help: "For instance AWS::StepFunctions::StateMachine.",
				Pattern: `(AWS|Alexa)::[A-Za-z0-9]{1,64}::[A-Za-z0-9]{1,64}|[A-Za-z0-9]{1,64}::[A-Za-z0-9]{1,64}::[A-Za-z0-9]{1,64}(::MODULE)?|Custom::[A-Za-z0-9_@-]{1,60}`},
			{Name: "properties", Title: "Properties", Type: kind.JSON, Default: map[string]any{}, Doc: docTypes,
				Help: "As in a template. Another node is named with {\"$ref\": \"its-id\"} or {\"$getAtt\": [\"its-id\", \"Arn\"]}."},
			{Name: "intrinsics", Title: "Read CloudFormation's functions", Type: kind.Flag, Default: false,
				Help: "Ref, Fn::GetAtt, Fn::Sub … in the properties are functions, as in the template they came from. Otherwise they are refused."},
			{Name: "outputs", Title: "Outputs", Type: kind.List, Help: "Attributes that the stack shows: Ref, Arn, Endpoint.Address …"},
			{Name: "arn", Title: "Attribute with the ARN", Type: kind.Text, Default: "Arn", Pattern: `[A-Za-z0-9]+(\.[A-Za-z0-9]+)*`, Group: "Use",
				Help: "What permissions of its callers name. “Ref” for types whose Ref is the ARN."},
			{Name: "deletionPolicy", Title: "When removed", Type: kind.Choice, Group: "Attributes", Options: []string{"automatic", "Delete", "Retain", "RetainExceptOnCreate", "Snapshot"}, Default: "automatic", Doc: docAttributes,
				Help: "Automatic is what CloudFormation does for the type."},
			{Name: "updateReplacePolicy", Title: "When replaced", Type: kind.Choice, Group: "Attributes", Options: []string{"automatic", "Delete", "Retain", "Snapshot"}, Default: "automatic", Doc: docAttributes},
			{Name: "dependsOn", Title: "Made after", Type: kind.List, Group: "Attributes", Help: "Ids of nodes that must exist before.", Doc: docAttributes},
			{Name: "condition", Title: "Condition", Type: kind.Text, Group: "Attributes", Pattern: `[A-Za-z0-9]{1,255}`, Doc: docAttributes,
				Help: "Name of one of the template's conditions."},
			{Name: "creationPolicy", Title: "Creation policy", Type: kind.JSON, Group: "Attributes", Doc: docAttributes},
			{Name: "updatePolicy", Title: "Update policy", Type: kind.JSON, Group: "Attributes", Doc: docAttributes},
			{Name: "metadata", Title: "Metadata", Type: kind.JSON, Group: "Attributes", Doc: docAttributes},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Used by", Dir: kind.In, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"use"}}},
				Fields: []kind.Field{
					{Name: "actions", Title: "Actions", Type: kind.List, Doc: docActions, Help: "What the caller may do, one by one: states:StartExecution, kinesis:PutRecord …"},
					{Name: "inside", Title: "And what is in it", Type: kind.Flag, Default: false, Help: "The actions also count for everything below its ARN (ARN/*)."},
				}},
		},
	}
}
