// Talks to the table as programs do through the AWS SDK for JavaScript: what it prints is compared by sdk_test.go.
const { createRequire } = require("node:module");
const from = createRequire(process.argv[3] + "/package.json");
const { DynamoDBClient, DescribeTableCommand, TransactWriteItemsCommand } = from("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, PutCommand, GetCommand, UpdateCommand, QueryCommand, BatchWriteCommand, TransactWriteCommand, paginateScan } = from("@aws-sdk/lib-dynamodb");

(async () => {
  const client = new DynamoDBClient({ endpoint: process.argv[2], region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "y" }, maxAttempts: 1 });
  const table = DynamoDBDocumentClient.from(client);
  const TableName = "music";
  await table.send(new PutCommand({ TableName, Item: { artist: "davis", year: 1959, plays: 1.5, tags: new Set(["a", "b"]), raw: Buffer.from([0, 1]), more: [null, true, { x: "ü" }] } }));
  console.log(JSON.stringify((await table.send(new GetCommand({ TableName, Key: { artist: "davis", year: 1959 } }))).Item.more));
  const requests = Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: { artist: "davis", year: 1960 + i, genre: "jazz", plays: i } } }));
  console.log(JSON.stringify((await table.send(new BatchWriteCommand({ RequestItems: { music: requests } }))).UnprocessedItems));
  const updated = await table.send(new UpdateCommand({ TableName, Key: { artist: "davis", year: 1959 }, UpdateExpression: "ADD plays :n", ConditionExpression: "contains(tags, :t)",
    ExpressionAttributeValues: { ":n": 2, ":t": "a" }, ReturnValues: "ALL_NEW" }));
  console.log(updated.Attributes.plays, [...updated.Attributes.tags]);
  const page = await table.send(new QueryCommand({ TableName, IndexName: "by-genre", KeyConditionExpression: "genre = :g AND plays < :p", ExpressionAttributeValues: { ":g": "jazz", ":p": 3 }, ScanIndexForward: false }));
  console.log(page.Items.map((i) => i.year), page.Count);
  let n = 0;
  for await (const p of paginateScan({ client: table, pageSize: 4 }, { TableName })) n += p.Items.length;
  console.log(n);
  for (const command of [
    new PutCommand({ TableName, Item: { artist: "davis", year: 1959 }, ConditionExpression: "attribute_not_exists(artist)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
    new TransactWriteCommand({ TransactItems: [{ Delete: { TableName, Key: { artist: "x", year: 1 }, ConditionExpression: "attribute_exists(artist)" } }] }),
    new GetCommand({ TableName, Key: { artist: "davis" } }),
  ]) {
    try {
      await table.send(command);
    } catch (e) {
      console.log(e.name, "-", e.message, e.Item ? e.Item.plays.N : "", e.CancellationReasons ? e.CancellationReasons[0].Code : "");
    }
  }
  // A transaction that is sent again under the token of the SDK's own making counts once.
  const add = new TransactWriteItemsCommand({ TransactItems: [{ Update: { TableName, Key: { artist: { S: "x" }, year: { N: "1" } }, UpdateExpression: "ADD plays :n", ExpressionAttributeValues: { ":n": { N: "1" } } } }], ClientRequestToken: "same" });
  await client.send(add);
  await client.send(add);
  console.log((await table.send(new GetCommand({ TableName, Key: { artist: "x", year: 1 } }))).Item.plays);
  console.log((await client.send(new DescribeTableCommand({ TableName }))).Table.CreationDateTime.toISOString());
})();
