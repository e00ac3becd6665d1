// POST /entries: writes an entry into the diary of whoever is signed in.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event) => {
  const text = textOf(event);
  if (!text) return reply(400, { message: 'send JSON such as {"text": "a good day"}' });

  const entry = { written: new Date().toISOString(), text };
  const owner = event.requestContext.authorizer.jwt.claims.sub;
  await table.send(new PutCommand({ TableName: process.env.ENTRIES_TABLE_NAME, Item: { owner, ...entry } }));
  return reply(201, entry);
};

function textOf(event) {
  try {
    const body = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body;
    const { text } = JSON.parse(body);
    return typeof text === "string" ? text.trim().slice(0, 2000) : "";
  } catch {
    return "";
  }
}

const reply = (statusCode, body) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
