# Talks to the table as programs do through boto3: what it prints is compared by sdk_test.go.
import decimal, sys
import boto3
from boto3.dynamodb.conditions import Attr, Key

options = dict(endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
music = boto3.resource("dynamodb", **options).Table("music")
client = boto3.client("dynamodb", **options)

with music.batch_writer() as batch:
    for year in range(1955, 1985):
        batch.put_item(Item={"artist": "davis", "year": year, "plays": decimal.Decimal("1.5"), "genre": "jazz", "tags": {"a", "b"}, "raw": b"\x00\x01", "more": [None, True, {"x": "ü"}]})
print(music.get_item(Key={"artist": "davis", "year": 1959})["Item"]["more"])
print(music.update_item(Key={"artist": "davis", "year": 1959}, UpdateExpression="SET plays = plays + :n, #m = list_append(#m, :l)",
                        ConditionExpression=Attr("plays").lt(5) & Attr("tags").contains("a"), ExpressionAttributeNames={"#m": "more"},
                        ExpressionAttributeValues={":n": 2, ":l": ["z"]}, ReturnValues="UPDATED_NEW")["Attributes"])
page = music.query(KeyConditionExpression=Key("artist").eq("davis") & Key("year").between(1960, 1962), ScanIndexForward=False,
                   FilterExpression=Attr("plays").gt(1), ProjectionExpression="#y", ExpressionAttributeNames={"#y": "year"})
print([int(i["year"]) for i in page["Items"]], page["Count"], page["ScannedCount"])
print(sum(len(p["Items"]) for p in client.get_paginator("scan").paginate(TableName="music", PaginationConfig={"PageSize": 7})))
try:
    music.put_item(Item={"artist": "davis", "year": 1959}, ConditionExpression=Attr("artist").not_exists())
except client.exceptions.ConditionalCheckFailedException as e:
    print(e.response["Error"]["Code"], "-", e.response["Error"]["Message"])
try:
    client.transact_write_items(TransactItems=[{"Delete": {"TableName": "music", "Key": {"artist": {"S": "x"}, "year": {"N": "1"}}, "ConditionExpression": "attribute_exists(artist)"}}])
except client.exceptions.TransactionCanceledException as e:
    print(e.response["Error"]["Code"], [r["Code"] for r in e.response["CancellationReasons"]])
try:
    client.get_item(TableName="nothing", Key={"artist": {"S": "x"}})
except client.exceptions.ResourceNotFoundException as e:
    print(e.response["Error"]["Code"])
print(client.describe_table(TableName="music")["Table"]["CreationDateTime"].isoformat()[:19], client.list_tables()["TableNames"])
