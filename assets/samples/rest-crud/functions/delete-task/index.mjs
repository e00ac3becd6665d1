// DELETE /tasks/{id}: removes a task. What is gone already counts as removed, so that a client may safely try again.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event) => {
  await table.send(
    new DeleteCommand({ TableName: process.env.TASKS_TABLE_NAME, Key: { id: event.pathParameters.id } }),
  );
  return { statusCode: 204 };
};
