// Talks to the secret as programs do through the AWS SDK for JavaScript: what it prints is compared by sdk_test.go.
const { createRequire } = require("node:module");
const { SecretsManagerClient, GetSecretValueCommand, PutSecretValueCommand } = createRequire(process.argv[4] + "/package.json")("@aws-sdk/client-secrets-manager");

(async () => {
  const client = new SecretsManagerClient({ endpoint: process.argv[2], region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "y" }, maxAttempts: 1 });
  const SecretId = process.argv[3];
  await client.send(new GetSecretValueCommand({ SecretId })).catch((e) => console.log(e.name, "-", e.message));
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: "ü" }));
  const got = await client.send(new GetSecretValueCommand({ SecretId: SecretId.slice(0, -7) }));
  console.log(got.SecretString, got.Name, got.VersionStages, got.CreatedDate.toISOString());
})();
