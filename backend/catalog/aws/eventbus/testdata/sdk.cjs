// Publishes with the SDK for JavaScript, as a function does.
const [endpoint, sdk] = process.argv.slice(2);
const { EventBridgeClient, PutEventsCommand } = require(sdk + "/node_modules/@aws-sdk/client-eventbridge");
const events = new EventBridgeClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "x" } });
(async () => {
  const r = await events.send(new PutEventsCommand({ Entries: [{ EventBusName: "shop", Source: "shop", DetailType: "Order placed", Detail: '{"n":1}', Time: new Date("2026-03-01T11:00:00.5Z") }] }));
  console.log(r.FailedEntryCount, r.Entries[0].EventId.length);
  await events.send(new PutEventsCommand({ Entries: [] })).catch((e) => console.log(e.name));
})();
