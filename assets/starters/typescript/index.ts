// What stands outside of the handler runs once, when an environment starts: clients and connections belong there.
// The AWS SDK (@aws-sdk/client-…) is provided by the runtime; the names of what you wire up come as process.env variables.
// For the types of events and contexts: npm install --save-dev @types/aws-lambda

interface Context {
  functionName: string;
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

interface Answer<Event> {
  message: string;
  event: Event;
}

export const handler = async <Event>(event: Event, context: Context): Promise<Answer<Event>> => {
  console.log("event", JSON.stringify(event));
  return { message: `hello from ${context.functionName}`, event };
};
