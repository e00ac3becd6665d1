// GET /orders: lists orders, for people who are signed in (the JWT authorizer has checked the token already).
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event) => {
  const { Items: orders = [] } = await table.send(
    new ScanCommand({ TableName: process.env.ORDERS_TABLE_NAME, Limit: 100 }),
  );
  console.log("listed for", event.requestContext.authorizer.jwt.claims.sub);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ orders }) };
};
