// Hears from the topic. A topic hands each message to all who are subscribed: mail or a queue can hear the same, too.
export const handler = async ({ Records }) => {
  for (const { Sns } of Records) {
    const { key, width, height } = JSON.parse(Sns.Message);
    console.log(`${key} is ready: ${width}×${height}`);
  }
};
