# Publishes with boto3, as a function does.
import sys, datetime, boto3
from botocore.exceptions import ClientError

events = boto3.client("events", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
r = events.put_events(Entries=[
    {"EventBusName": "shop", "Source": "shop", "DetailType": "Order placed", "Detail": '{"n": 1}', "Resources": ["arn:x"], "Time": datetime.datetime(2026, 3, 1, 11, 0, 0, 500000, datetime.timezone.utc)},
    {"EventBusName": "shop", "Source": "shop", "DetailType": "Order placed", "Detail": "none"}])
print(r["FailedEntryCount"], len(r["Entries"][0]["EventId"]), r["Entries"][1]["ErrorCode"])
try:
    events.put_rule(Name="x")
except ClientError as e:
    print(e.response["Error"]["Code"], "drawing" in e.response["Error"]["Message"])
