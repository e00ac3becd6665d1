package lambda

import (
	"context"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/backlog"
	"airloom/backend/kind/property"
)

const (
	functionType   = "AWS::Lambda::Function"
	permissionType = "AWS::Lambda::Permission"
	mappingType    = "AWS::Lambda::EventSourceMapping"
	asyncType      = "AWS::Lambda::EventInvokeConfig"
	urlType        = "AWS::Lambda::Url"

	space  = "lambda" // the namespace of all functions' state
	latest = "$LATEST"
)

// State keys: backlog/ the events of functions, c/<mapping> how far a mapping has read its stream.

// dispatcher is the working part of the Lambda simulation: the events that functions have not handled yet.
type dispatcher struct{ events *backlog.Backlog[event] }

// Simulate brings functions, what invokes them, and the Lambda API. Versions, aliases and layers are not simulated.
// Architectures change nothing, since code is built for this machine; neither does the size of /tmp.
func (Kind) Simulate() kind.Simulation {
	d := &dispatcher{backlog.New[event](space, parallel)}
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type: functionType,
			Properties: []string{"FunctionName", "Code.S3Bucket", "Code.S3Key", "Runtime", "Handler", "Role", "MemorySize", "Timeout", "Environment.Variables",
				"ReservedConcurrentExecutions", "DeadLetterConfig.TargetArn", "LoggingConfig.LogGroup", "LoggingConfig.LogFormat", "TracingConfig.Mode", "PackageType"},
			Ignored: []string{"Architectures", "Description", "Tags", "KmsKeyArn", "EphemeralStorage", "RecursiveLoop", "RuntimeManagementConfig"},
			Replace: []string{"FunctionName", "PackageType"},
			Check:   checkFunction, Create: d.create, Update: d.update, Delete: d.delete, Run: d.run, Accept: d.accept, Push: "lambda:InvokeFunction",
		}, {
			Type: permissionType,
			Properties: []string{"Action", "FunctionName", "Principal", "SourceArn", "SourceAccount", "FunctionUrlAuthType", "InvokedViaFunctionUrl",
				"PrincipalOrgID", "EventSourceToken"},
			Replace: []string{"Action", "FunctionName", "Principal", "SourceArn", "SourceAccount", "FunctionUrlAuthType", "InvokedViaFunctionUrl",
				"PrincipalOrgID", "EventSourceToken"},
			Check: onlyLatest, Create: createPermission, Delete: deletePermission,
		}, {
			Type: mappingType,
			Properties: []string{"EventSourceArn", "FunctionName", "BatchSize", "MaximumBatchingWindowInSeconds", "Enabled", "FilterCriteria", "FunctionResponseTypes",
				"ScalingConfig.MaximumConcurrency", "StartingPosition", "MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "DestinationConfig.OnFailure"},
			Ignored: []string{"ParallelizationFactor", "Tags", "KmsKeyArn", "MetricsConfig"},
			Replace: []string{"EventSourceArn", "StartingPosition"},
			Check:   checkMapping, Create: createMapping, Update: updateMapping, Delete: deleteMapping, Run: runMapping,
		}, {
			Type:       asyncType,
			Properties: []string{"FunctionName", "Qualifier", "MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig.OnFailure.Destination", "DestinationConfig.OnSuccess.Destination"},
			Replace:    []string{"FunctionName", "Qualifier"},
			Check:      onlyLatest, Create: createAsync,
		}, {
			Type:       urlType,
			Properties: []string{"AuthType", "TargetFunctionArn", "InvokeMode"},
			Replace:    []string{"TargetFunctionArn"},
			Check:      checkURL, Create: createURL, Serve: serveURL,
		}},
		Services: []kind.Service{{Name: "lambda", Serve: d.serve}},
	}
}

// onlyLatest refuses versions and aliases: a function has only its newest code here.
func onlyLatest(p map[string]any) error {
	if q, ok := p["Qualifier"].(string); ok && q != latest {
		return fault.New(fault.Unsupported, "versions and aliases (%s) are not simulated, only $LATEST", q).At("Qualifier")
	}
	if name, ok := p["FunctionName"].(string); ok {
		if _, qualifier := nameOf(name); qualifier != "" && qualifier != latest {
			return fault.New(fault.Unsupported, "versions and aliases (%s) are not simulated, only $LATEST", qualifier).At("FunctionName")
		}
	}
	return nil
}

// nameOf reads what the API takes as a function's name: the name itself, an ARN, or account and name, each with a qualifier or without.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
func nameOf(text string) (name, qualifier string) {
	parts := strings.Split(text, ":")
	for i, p := range parts {
		if p == "function" && i > 0 {
			parts = parts[i+1:]
			break
		}
	}
	if len(parts) > 1 {
		qualifier = parts[1]
	}
	return parts[0], qualifier
}

func functionOf(w kind.World, name string) (kind.Instance, bool) {
	name, _ = nameOf(name)
	return w.Lookup(functionType, name)
}

// target finds the function that a property names while a resource is being made.
func target(w kind.World, in kind.Instance, property string) (kind.Instance, error) {
	name, _ := in.Properties[property].(string)
	fn, ok := functionOf(w, name)
	if !ok {
		return fn, fault.New(fault.NotFound, "the function %s does not exist", name).At(in.LogicalID)
	}
	return fn, nil
}

// owner is Lambda itself: what it invokes has been admitted already.
var owner = kind.Principal{Owner: true}

// roleOf is who Lambda acts as when it reads sources and sends to destinations.
func roleOf(fn kind.Instance) kind.Principal {
	role := property.Text(fn.Properties, "Role")
	return kind.Principal{Role: role, Session: fn.PhysicalID}
}

// createAsync names the settings of a function's asynchronous invocations; whoever retries reads them.
func createAsync(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	fn, err := target(w, in, "FunctionName")
	in.PhysicalID = fn.PhysicalID + "|" + latest
	return in, err
}

// bounded refuses numbers that AWS refuses, as far as they are known before anything exists.
func bounded(p map[string]any, name string, least, most int) error {
	if n, ok := property.Integer(p[name]); ok && (n < least || n > most) {
		return fault.New(fault.Invalid, "%s is %d, and Lambda takes %d to %d", name, n, least, most).At(name)
	}
	return nil
}
