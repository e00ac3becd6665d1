// Follows each stored event. The wire's filter lets only new items through; a batch comes in the order of its changes.
import { unmarshall } from "@aws-sdk/util-dynamodb";

export const handler = async ({ Records }) => {
  for (const { dynamodb } of Records) {
    const { id, type, object } = unmarshall(dynamodb.NewImage);
    if (type !== "payment_intent.succeeded") continue;
    const amount = new Intl.NumberFormat("en", { style: "currency", currency: object.currency }).format(object.amount_received / 100);
    console.log("fulfil the order behind", object.id, "paid with", amount, `(${id})`);
  }
};
