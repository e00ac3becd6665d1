// Stripe posts events here. Only what carries Stripe's signature is stored, and each event once.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { signed } from "./signature.mjs";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const secrets = new SecretsManagerClient({});

export const handler = async (request) => {
  // The signature covers the body byte for byte: check first, parse afterwards.
  const body = Buffer.from(request.body ?? "", request.isBase64Encoded ? "base64" : "utf8");
  const header = request.headers["stripe-signature"] ?? "";
  if (!signed(body, header, await signingSecret(), Date.now() / 1000)) {
    console.warn("refused: the signature is wrong or too old");
    return { statusCode: 400, body: "wrong signature" };
  }

  const { id, type, data } = JSON.parse(body);
  try {
    await table.send(
      new PutCommand({
        TableName: process.env.EVENTS_TABLE_NAME,
        Item: { id, type, object: data.object, received: new Date().toISOString() },
        // Stripe may send an event more than once.
        ConditionExpression: "attribute_not_exists(id)",
      }),
    );
    console.log("stored", id, type);
  } catch (error) {
    if (error.name !== "ConditionalCheckFailedException") throw error; // 500: Stripe sends it again later
    console.log("known already", id);
  }
  return { statusCode: 200 };
};

// The secret is read once per environment; a call to Secrets Manager for each event would cost time and money.
let secret;
async function signingSecret() {
  secret ??= (await secrets.send(new GetSecretValueCommand({ SecretId: process.env.STRIPE_WEBHOOK_SECRET_ARN }))).SecretString;
  return secret;
}
