// Publishes that an order was placed. It neither knows nor waits for those who care.
import { randomUUID } from "node:crypto";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";

const bus = new EventBridgeClient({});

export const handler = async ({ item, total }) => {
  if (!item || !(total > 0)) throw new Error('an order looks like {"item": "piano", "total": 900}');

  const order = { id: randomUUID(), item, total };
  const { FailedEntryCount, Entries } = await bus.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: process.env.SHOP_EVENT_BUS_NAME,
          Source: "shop",
          DetailType: "Order placed",
          Detail: JSON.stringify(order),
        },
      ],
    }),
  );
  // PutEvents succeeds even where it took none of the events: the answer tells for each.
  if (FailedEntryCount > 0) throw new Error(`the bus refused the event: ${Entries[0].ErrorMessage}`);
  return order;
};
