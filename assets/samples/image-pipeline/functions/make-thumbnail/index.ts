// Started by each PNG that is put into the bucket of uploads: makes a thumbnail, records what it found, and tells a topic.
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { decode, encode, shrink } from "./png";

const files = new S3Client({});
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const topic = new SNSClient({});
const { THUMBNAILS_BUCKET_NAME, IMAGES_TABLE_NAME, IMAGE_READY_TOPIC_ARN } = process.env;

const longestSide = 128;

/** The part of S3's event that counts here. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
interface Upload {
  s3: { bucket: { name: string }; object: { key: string; size: number } };
}

export const handler = async (event: { Records: Upload[] }): Promise<void> => {
  for (const { s3 } of event.Records) {
    // Keys arrive as in an address: "summer+evening.png" is called "summer evening.png".
    const key = decodeURIComponent(s3.object.key.replaceAll("+", " "));
    const { Body } = await files.send(new GetObjectCommand({ Bucket: s3.bucket.name, Key: key }));
    const image = decode(Buffer.from(await Body!.transformToByteArray()));
    const thumbnail = shrink(image, longestSide);

    await files.send(
      new PutObjectCommand({ Bucket: THUMBNAILS_BUCKET_NAME, Key: key, Body: encode(thumbnail), ContentType: "image/png" }),
    );
    // The same upload told twice writes the same record twice, and nothing is counted double.
    const record = { key, bytes: s3.object.size, width: image.width, height: image.height };
    await table.send(new PutCommand({ TableName: IMAGES_TABLE_NAME, Item: record }));
    await topic.send(new PublishCommand({ TopicArn: IMAGE_READY_TOPIC_ARN, Message: JSON.stringify(record) }));
    console.log(`${key}: ${image.width}×${image.height} shrunk to ${thumbnail.width}×${thumbnail.height}`);
  }
};
