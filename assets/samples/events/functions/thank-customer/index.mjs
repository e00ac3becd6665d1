// Gets large orders only. The rule's target hands over the detail alone, so this function knows nothing of buses.
export const handler = async ({ id, item, total }) => {
  console.log(`thank you for the ${item}: order ${id} over ${total} comes with flowers`);
};
