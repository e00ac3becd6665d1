// POST /orders: stores an order and queues the work that follows from it.
import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const queue = new SQSClient({});

export const handler = async (event) => {
  const order = parse(event);
  if (!order) return reply(400, { message: 'send JSON such as {"item": "tea", "quantity": 2}' });

  order.id = randomUUID();
  order.status = "received";
  await table.send(new PutCommand({ TableName: process.env.ORDERS_TABLE_NAME, Item: order }));
  await queue.send(
    new SendMessageCommand({ QueueUrl: process.env.ORDER_EVENTS_QUEUE_URL, MessageBody: JSON.stringify({ id: order.id }) }),
  );
  console.log("order received", order.id);
  return reply(201, order);
};

function parse(event) {
  try {
    const text = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body;
    const { item, quantity = 1 } = JSON.parse(text);
    return typeof item === "string" && Number.isInteger(quantity) && quantity > 0 ? { item, quantity } : null;
  } catch {
    return null;
  }
}

const reply = (statusCode, body) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
