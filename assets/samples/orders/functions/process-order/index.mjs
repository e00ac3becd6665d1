// Handles queued order events. A message that fails is reported alone, so the rest of the batch is not repeated.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async ({ Records }) => {
  const batchItemFailures = [];
  for (const record of Records) {
    try {
      await confirm(JSON.parse(record.body).id);
    } catch (error) {
      console.error("message failed", record.messageId, error);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
};

async function confirm(id) {
  await table.send(
    new UpdateCommand({
      TableName: process.env.ORDERS_TABLE_NAME,
      Key: { id },
      ConditionExpression: "attribute_exists(id)",
      UpdateExpression: "SET #status = :confirmed",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":confirmed": "confirmed" },
    }),
  );
  console.log("order confirmed", id);
}
