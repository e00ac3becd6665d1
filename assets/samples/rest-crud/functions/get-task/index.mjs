// GET /tasks/{id}: reads one task.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event) => {
  const { Item: task } = await table.send(
    new GetCommand({ TableName: process.env.TASKS_TABLE_NAME, Key: { id: event.pathParameters.id } }),
  );
  return {
    statusCode: task ? 200 : 404,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(task ?? { message: "no such task" }),
  };
};
