// Stripe's signature: "t=1700000000,v1=5257a8…", an HMAC of the time and the body.
// https://docs.stripe.com/webhooks#verify-manually
import { createHmac, timingSafeEqual } from "node:crypto";

const tolerance = 5 * 60; // seconds: who recorded a request cannot play it again later

export function signed(body, header, secret, now) {
  const parts = header.split(",").map((part) => part.split("="));
  const time = parts.find(([name]) => name === "t")?.[1];
  if (!time || !(Math.abs(now - time) <= tolerance)) return false;

  const want = createHmac("sha256", secret).update(`${time}.`).update(body).digest();
  // While a secret is being replaced there are two signatures, one for each.
  return parts.some(([name, value]) => name === "v1" && same(Buffer.from(value ?? "", "hex"), want));
}

// Compared in constant time, so that the time of the answer does not tell how much of a guess was right.
const same = (a, b) => a.length === b.length && timingSafeEqual(a, b);
