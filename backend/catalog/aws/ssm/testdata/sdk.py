# Talks to parameters as programs do through boto3: what it prints is compared by sdk_test.go.
import sys
import boto3

client = boto3.client("ssm", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
try:
    client.get_parameter(Name="/shop/none")
except client.exceptions.ParameterNotFound as e:
    print(e.response["Error"]["Code"])
print(client.put_parameter(Name="/shop/limit", Value="70", Overwrite=True)["Version"])
p = client.get_parameter(Name="/shop/limit", WithDecryption=True)["Parameter"]
print(p["Name"], p["Value"], p["Version"], p["LastModifiedDate"].isoformat()[:10], p["ARN"])
got = client.get_parameters(Names=["/shop/limit:1", p["ARN"], "/shop/none"])
print([v["Value"] for v in got["Parameters"]], got["InvalidParameters"])
