// PUT /tasks/{id}: changes the title of a task, or whether it is done.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event) => {
  const changes = changesOf(event);
  if (!changes) return reply(400, { message: 'send JSON such as {"title": "water the roses", "done": true}' });

  const names = Object.keys(changes);
  try {
    const { Attributes: task } = await table.send(
      new UpdateCommand({
        TableName: process.env.TASKS_TABLE_NAME,
        Key: { id: event.pathParameters.id },
        // Without the condition, an update of what is not there would make it.
        ConditionExpression: "attribute_exists(id)",
        UpdateExpression: "SET " + names.map((name) => `#${name} = :${name}`).join(", "),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, changes[name]])),
        ReturnValues: "ALL_NEW",
      }),
    );
    return reply(200, task);
  } catch (error) {
    if (error.name === "ConditionalCheckFailedException") return reply(404, { message: "no such task" });
    throw error; // the API answers 500, and the log tells why
  }
};

// Takes what may be changed and nothing else: neither the id nor attributes that somebody invents.
function changesOf(event) {
  try {
    const text = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body;
    const { title, done } = JSON.parse(text);
    const changes = {};
    if (typeof title === "string" && title.trim()) changes.title = title.trim();
    if (typeof done === "boolean") changes.done = done;
    return Object.keys(changes).length > 0 ? changes : null;
  } catch {
    return null;
  }
}

const reply = (statusCode, body) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
