// Talks to parameters as programs do through the AWS SDK for JavaScript: what it prints is compared by sdk_test.go.
const { createRequire } = require("node:module");
const { SSMClient, GetParameterCommand, PutParameterCommand } = createRequire(process.argv[3] + "/package.json")("@aws-sdk/client-ssm");

(async () => {
  const client = new SSMClient({ endpoint: process.argv[2], region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "y" }, maxAttempts: 1 });
  await client.send(new PutParameterCommand({ Name: "/shop/limit", Value: "many", Overwrite: true })).catch((e) => console.log(e.name, "-", e.message));
  const { Parameter } = await client.send(new GetParameterCommand({ Name: "/shop/limit" }));
  console.log(Parameter.Value, Parameter.Type, Parameter.LastModifiedDate.toISOString());
})();
