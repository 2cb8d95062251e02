"""boto3 with SQS and SNS: what it sends comes back, its errors have their names, and it signs as AWS wants it."""
import hashlib
import json
import struct
import sys

import boto3
from botocore.exceptions import ClientError

endpoint, key, secret = sys.argv[1:4]
settings = dict(
    endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret
)
sqs = boto3.client("sqs", **settings)
sns = boto3.client("sns", **settings)


def digest(attributes):
    """As the SQS developer guide has it."""
    encoded = b""
    for name in sorted(attributes):
        value = attributes[name]
        kind = value["DataType"]
        binary = kind.startswith("Binary")
        content = value["BinaryValue"] if binary else value["StringValue"].encode()
        for part in (name.encode(), kind.encode()):
            encoded += struct.pack("!I", len(part)) + part
        encoded += b"\x02" if binary else b"\x01"
        encoded += struct.pack("!I", len(content)) + content
    return hashlib.md5(encoded).hexdigest()


def code_of(act):
    try:
        act()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


url = sqs.create_queue(QueueName="python", Attributes={"VisibilityTimeout": "60"}, tags={"a": "b"})["QueueUrl"]
attributes = {
    "text": {"DataType": "String.own", "StringValue": "ä <&>"},
    "number": {"DataType": "Number.int", "StringValue": "42"},
    "bytes": {"DataType": "Binary.gif", "BinaryValue": b"\x00\xff\x07"},
}
body = "body \r\n\t \U0001f980 ]]>"
sent = sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
[got] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"])["Messages"]
fifo = sqs.create_queue(QueueName="python.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
ordered = [{"Id": str(n), "MessageBody": str(n), "MessageGroupId": "g", "MessageDeduplicationId": str(n)} for n in range(5)]
sqs.send_message_batch(QueueUrl=fifo, Entries=ordered)
order = [message["Body"] for message in sqs.receive_message(QueueUrl=fifo, MaxNumberOfMessages=10)["Messages"]]
sqs.delete_message(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"])

topic = sns.create_topic(Name="python")["TopicArn"]
arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
policy = json.dumps({"kind": [{"prefix": "or"}]})
sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"FilterPolicy": policy})
for kind in ("order", "other"):
    attribute = {"kind": {"DataType": "String", "StringValue": kind}}
    sns.publish(TopicArn=topic, Message=kind, MessageAttributes=attribute)
told = [json.loads(message["Body"])["Message"] for message in sqs.receive_message(QueueUrl=url)["Messages"]]

resource = boto3.resource("sqs", **settings).get_queue_by_name(QueueName="python")
resource.send_messages(Entries=[{"Id": "a", "MessageBody": "by resource"}])
by_resource = [message.body for message in resource.receive_messages(WaitTimeSeconds=1)]

print(
    json.dumps(
        {
            "body": got["Body"] == body,
            "attributes": got["MessageAttributes"] == attributes,
            "digests": [
                sent["MD5OfMessageAttributes"] == digest(attributes),
                got["MD5OfMessageAttributes"] == digest(attributes),
                got["MD5OfBody"] == hashlib.md5(body.encode()).hexdigest(),
            ],
            "order": order,
            "tags": sqs.list_queue_tags(QueueUrl=url)["Tags"],
            "told": told,
            "resource": by_resource,
            "errors": [
                code_of(lambda: sqs.get_queue_url(QueueName="nowhere")),
                code_of(lambda: sqs.send_message(QueueUrl=url, MessageBody="\x01")),
                code_of(lambda: sns.get_topic_attributes(TopicArn=topic + "x")),
                code_of(lambda: boto3.client("sqs", **{**settings, "region_name": "eu-west-1"}).list_queues()),
                code_of(lambda: boto3.client("sqs", **{**settings, "aws_secret_access_key": "x"}).list_queues()),
            ],
        }
    )
)
