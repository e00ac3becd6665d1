// What stands outside of the handler runs once, when an environment starts: clients and connections belong there.
// The AWS SDK (@aws-sdk/client-…) is provided by the runtime; the names of what you wire up come as process.env variables.

export const handler = async (event, context) => {
  console.log("event", JSON.stringify(event));
  return { message: `hello from ${context.functionName}`, event };
};
