// Started by the schedule: counts the orders by status.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async () => {
  const { Items: orders = [] } = await table.send(
    new ScanCommand({
      TableName: process.env.ORDERS_TABLE_NAME,
      ProjectionExpression: "#status",
      ExpressionAttributeNames: { "#status": "status" },
    }),
  );
  const report = {};
  for (const { status } of orders) report[status] = (report[status] ?? 0) + 1;
  console.log("orders by status", JSON.stringify(report));
  return report;
};
