// GET /orders/{id}: reads one order.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event) => {
  const { Item: order } = await table.send(
    new GetCommand({ TableName: process.env.ORDERS_TABLE_NAME, Key: { id: event.pathParameters.id } }),
  );
  return {
    statusCode: order ? 200 : 404,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(order ?? { message: "no such order" }),
  };
};
