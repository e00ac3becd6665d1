# Talks to a FIFO and to a standard queue with boto3, as a function does.
import sys, boto3
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
sqs = boto3.client("sqs", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
plain = sqs.get_queue_url(QueueName="plain")["QueueUrl"]
sent = sqs.send_message(QueueUrl=plain, MessageBody="ü", MessageAttributes={"n": {"DataType": "Number", "StringValue": "5"}, "b": {"DataType": "Binary", "BinaryValue": b"\1\2"}})
got = sqs.receive_message(QueueUrl=plain, MessageAttributeNames=["All"], AttributeNames=["All"])["Messages"][0]
print(got["Body"], got["MessageAttributes"]["b"]["BinaryValue"], got["Attributes"]["ApproximateReceiveCount"], got["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"])
sqs.change_message_visibility(QueueUrl=plain, ReceiptHandle=got["ReceiptHandle"], VisibilityTimeout=0)
got = sqs.receive_message(QueueUrl=plain)["Messages"][0]
sqs.delete_message(QueueUrl=plain, ReceiptHandle=got["ReceiptHandle"])
print("Messages" in sqs.receive_message(QueueUrl=plain), sqs.get_queue_attributes(QueueUrl=plain, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"])

fifo = boto3.resource("sqs", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x").get_queue_by_name(QueueName="ordered.fifo")
print(len(fifo.send_messages(Entries=[{"Id": str(i), "MessageBody": str(i), "MessageGroupId": "g"} for i in range(3)])["Successful"]))
print([m.body for m in fifo.receive_messages(MaxNumberOfMessages=10)])
try:
    sqs.send_message(QueueUrl=plain + "2", MessageBody="x")
except ClientError as e:
    print(e.response["Error"]["Code"], isinstance(e, sqs.exceptions.QueueDoesNotExist))
