package iam

import "strings"

// awsManaged are the AWS managed policies that functions use, by ARN, as AWS has written them.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
func awsManaged() map[string]managedPolicy {
	logs := []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}
	with := func(actions ...string) []string { return append(actions, logs...) }
	out := map[string]managedPolicy{}
	for name, actions := range map[string][]string{
		"service-role/AWSLambdaBasicExecutionRole": logs,
		"service-role/AWSLambdaDynamoDBExecutionRole": with("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
			"dynamodb:ListStreams"),
		"service-role/AWSLambdaSQSQueueExecutionRole": with("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
		"service-role/AWSLambdaKinesisExecutionRole": with("kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords",
			"kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:ListStreams", "kinesis:SubscribeToShard"),
		"service-role/AWSLambdaVPCAccessExecutionRole": with("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
			"ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"),
		"service-role/AWSLambdaRole":   {"lambda:InvokeFunction"},
		"AWSXRayDaemonWriteAccess":     {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"},
		"AmazonDynamoDBReadOnlyAccess": {"dynamodb:BatchGetItem", "dynamodb:Describe*", "dynamodb:List*", "dynamodb:GetItem", "dynamodb:GetResourcePolicy", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect"},
		"AmazonDynamoDBFullAccess":     {"dynamodb:*"},
		"AmazonSQSFullAccess":          {"sqs:*"},
		"AmazonSNSFullAccess":          {"sns:*"},
		"AmazonS3FullAccess":           {"s3:*", "s3-object-lambda:*"},
		"AmazonS3ReadOnlyAccess":       {"s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"},
		"AmazonEventBridgeFullAccess":  {"events:*", "schemas:*", "scheduler:*", "pipes:*"},
		"SecretsManagerReadWrite":      {"secretsmanager:*"},
		"AdministratorAccess":          {"*"},
	} {
		out["arn:aws:iam::aws:policy/"+name] = managedPolicy{policy: Policy{statements: []statement{{actions: actions, resources: []string{"*"}}}}}
	}
	return out
}

// known tells whether a managed policy can be evaluated: one of AWS's above, or one of the account's own.
func (d *Directory) known(arn string) bool {
	if strings.HasPrefix(arn, "arn:aws:iam::"+d.account+":policy/") {
		return true
	}
	return strings.HasPrefix(arn, "arn:aws:iam::aws:policy/") && d.managed[arn].policy.statements != nil
}
