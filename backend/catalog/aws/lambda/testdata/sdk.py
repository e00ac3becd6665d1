# Invokes a function with boto3, as another function does.
import sys, json, boto3
from botocore.exceptions import ClientError
from botocore.config import Config

client = boto3.client("lambda", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x", config=Config(retries={"max_attempts": 0}))
arn = client.get_function_configuration(FunctionName="worker")["FunctionArn"]
r = client.invoke(FunctionName=arn, Payload=json.dumps({"n": 1}), LogType="Tail")
print(r["StatusCode"], r["ExecutedVersion"], json.load(r["Payload"]), r.get("FunctionError"), len(r["LogResult"]) > 0)
r = client.invoke(FunctionName="worker")
print(r["FunctionError"], json.load(r["Payload"])["errorMessage"])
print(client.invoke(FunctionName="worker", InvocationType="Event")["StatusCode"], client.invoke(FunctionName="worker", InvocationType="DryRun")["StatusCode"])
print([f["FunctionName"] for f in client.list_functions()["Functions"]])
for call in (lambda: client.invoke(FunctionName="worker"), lambda: client.get_function(FunctionName="other"), lambda: client.delete_function(FunctionName="worker")):
    try:
        call()
    except ClientError as e:
        print(e.response["ResponseMetadata"]["HTTPStatusCode"], e.response["Error"]["Code"], e.response["Error"]["Message"][:30])
