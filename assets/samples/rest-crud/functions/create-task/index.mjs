// POST /tasks: stores a new task and answers with it, id included.
import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

// What stands outside of the handler runs once, when an environment starts. The wire to the table brings its name.
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.TASKS_TABLE_NAME;

export const handler = async (event) => {
  const title = titleOf(event);
  if (!title) return reply(400, { message: 'send JSON such as {"title": "water the plants"}' });

  const task = { id: randomUUID(), title, done: false, created: new Date().toISOString() };
  await table.send(new PutCommand({ TableName, Item: task }));
  return reply(201, task, { location: `/tasks/${task.id}` });
};

// Bodies that an API does not take for text arrive in base64.
function titleOf(event) {
  try {
    const text = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body;
    const { title } = JSON.parse(text);
    return typeof title === "string" ? title.trim() : "";
  } catch {
    return "";
  }
}

const reply = (statusCode, body, headers = {}) => ({
  statusCode,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
