// Talks to a standard queue with the SDK for JavaScript, which compares the digests of what it sends and receives.
const [endpoint, sdk] = process.argv.slice(2);
const { SQSClient, SendMessageCommand, SendMessageBatchCommand, ReceiveMessageCommand, DeleteMessageBatchCommand, GetQueueUrlCommand } =
  require(sdk + "/node_modules/@aws-sdk/client-sqs");
const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "x" } });
(async () => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "plain" }));
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "ü", MessageAttributes: { a: { DataType: "String", StringValue: "v" } } }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "1", MessageBody: "b" }, { Id: "2", MessageBody: "c" }] }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["SentTimestamp"] }));
  console.log(Messages.map((m) => m.Body).join(" "), Messages[0].MessageId === sent.MessageId, Messages[0].MessageAttributes.a.StringValue, Messages[0].Attributes.SentTimestamp);
  const gone = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: Messages.map((m, i) => ({ Id: String(i), ReceiptHandle: m.ReceiptHandle })) }));
  console.log(gone.Successful.length, (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages);
  await sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl + "2", MessageBody: "x" })).catch((e) => console.log(e.name, e.message));
})();
