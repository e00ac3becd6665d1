# Talks to the secret as programs do through boto3: what it prints is compared by sdk_test.go.
import sys
import boto3

client = boto3.client("secretsmanager", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
arn = sys.argv[2]
try:
    client.get_secret_value(SecretId="shop/key")
except client.exceptions.ResourceNotFoundException as e:
    print(e.response["Error"]["Message"])
for value in ("one", "two"):
    print(client.put_secret_value(SecretId=arn, SecretString=value)["VersionStages"])
print(client.get_secret_value(SecretId=arn)["SecretString"], client.get_secret_value(SecretId="shop/key", VersionStage="AWSPREVIOUS")["SecretString"])
client.put_secret_value(SecretId=arn, SecretBinary=b"\x00\x01")
print(client.get_secret_value(SecretId=arn)["SecretBinary"])
d = client.describe_secret(SecretId="shop/key")
print(d["Name"], sorted(d["VersionIdsToStages"].values()), d["CreatedDate"].isoformat()[:10], d["LastAccessedDate"].isoformat()[:10])
print(len(client.get_random_password(PasswordLength=40, ExcludePunctuation=True)["RandomPassword"]), [s["Name"] for s in client.list_secrets()["SecretList"]])
