// Started every evening: adds up the sales of the day by product, writes a report, and says where it lies.
// Called by hand, {"day": "2026-01-31"} asks for another day.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const bucket = new S3Client({});
const topic = new SNSClient({});

export const handler = async (event) => {
  // A schedule sends the time for which it fired, which stays the same when a failed run is tried again.
  const day = event.day ?? (event.time ?? new Date().toISOString()).slice(0, 10);
  const report = await addUp(day);

  const key = `sales/${day}.csv`;
  await bucket.send(
    new PutObjectCommand({
      Bucket: process.env.REPORTS_BUCKET_NAME,
      Key: key,
      Body: csv(report),
      ContentType: "text/csv; charset=utf-8",
    }),
  );

  const total = report.reduce((sum, { revenue }) => sum + revenue, 0);
  const summary = { day, key, products: report.length, total };
  await topic.send(
    new PublishCommand({
      TopicArn: process.env.REPORT_READY_TOPIC_ARN,
      Subject: `Sales of ${day}`,
      Message: JSON.stringify(summary),
    }),
  );
  console.log("report written", JSON.stringify(summary));
  return summary;
};

// A scan gives at most 1 MB at a time: the paginator asks until there is no more.
async function addUp(day) {
  const products = new Map();
  const pages = paginateScan({ client }, {
    TableName: process.env.SALES_TABLE_NAME,
    FilterExpression: "#day = :day",
    ExpressionAttributeNames: { "#day": "day" },
    ExpressionAttributeValues: { ":day": day },
  });
  for await (const { Items: sales } of pages) {
    for (const { product, price, quantity = 1 } of sales) {
      const sum = products.get(product) ?? { product, sold: 0, revenue: 0 };
      sum.sold += quantity;
      sum.revenue += price * quantity;
      products.set(product, sum);
    }
  }
  return [...products.values()].sort((a, b) => b.revenue - a.revenue);
}

// Quotes are doubled within quotes (RFC 4180).
const csv = (rows) =>
  ["product,sold,revenue", ...rows.map((row) => [quoted(row.product), row.sold, row.revenue.toFixed(2)].join(","))].join("\r\n") + "\r\n";

const quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;
