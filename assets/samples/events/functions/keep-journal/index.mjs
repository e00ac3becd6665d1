// Gets every event of the shop, whole: what happened, when, and to what.
export const handler = async (event) => {
  console.log(event.time, event["detail-type"], JSON.stringify(event.detail));
};
