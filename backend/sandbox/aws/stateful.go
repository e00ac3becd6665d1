package aws

import "slices"

// holders are the resource types that hold data which is lost with them. Log groups are left out: the logs of a sandbox are
// no loss worth a question.
// https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md (I3011)
var holders = []string{
	"AWS::Backup::BackupVault", "AWS::CloudFormation::Stack", "AWS::Cognito::UserPool", "AWS::DocDB::DBCluster", "AWS::DocDB::DBInstance",
	"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::EC2::Volume", "AWS::EFS::FileSystem", "AWS::ElastiCache::CacheCluster",
	"AWS::ElastiCache::ReplicationGroup", "AWS::Elasticsearch::Domain", "AWS::FSx::FileSystem", "AWS::KMS::Key", "AWS::Kinesis::Stream",
	"AWS::Neptune::DBCluster", "AWS::Neptune::DBInstance", "AWS::OpenSearchService::Domain", "AWS::QLDB::Ledger",
	"AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::Redshift::Cluster", "AWS::S3::Bucket", "AWS::SDB::Domain", "AWS::SQS::Queue",
	"AWS::SecretsManager::Secret", "AWS::Timestream::Table",
}

// stateful tells whether data is lost with a resource of the type.
func stateful(resourceType string) bool { return slices.Contains(holders, resourceType) }
