// GET /entries: the latest entries of whoever is signed in. API Gateway has checked the token before this runs.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event) => {
  // The owner is the partition key, and comes from the token: nobody can ask for somebody else's entries.
  const owner = event.requestContext.authorizer.jwt.claims.sub;
  const { Items: entries } = await table.send(
    new QueryCommand({
      TableName: process.env.ENTRIES_TABLE_NAME,
      KeyConditionExpression: "#owner = :owner",
      ExpressionAttributeNames: { "#owner": "owner" },
      ExpressionAttributeValues: { ":owner": owner },
      ScanIndexForward: false,
      Limit: 50,
    }),
  );
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ entries: entries.map(({ written, text }) => ({ written, text })) }),
  };
};
