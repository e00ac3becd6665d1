// GET /tasks: a page of tasks. A next in the answer asks for the page behind it: GET /tasks?after=…
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event) => {
  const after = event.queryStringParameters?.after;
  const page = await table.send(
    new ScanCommand({
      TableName: process.env.TASKS_TABLE_NAME,
      Limit: 50,
      ExclusiveStartKey: after && { id: after },
    }),
  );
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ tasks: page.Items, next: page.LastEvaluatedKey?.id }),
  };
};
