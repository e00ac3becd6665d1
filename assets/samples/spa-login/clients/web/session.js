// Who is signed in. The login is OAuth's authorization code flow with PKCE (RFC 7636): no secret lies in the page, and a code
// that somebody catches on its way is worth nothing without the verifier, which never leaves this browser.
// https://auth0.com/docs/get-started/authentication-and-authorization-flow/authorization-code-flow-with-pkce

// Kept for this tab alone, and gone with it.
const store = sessionStorage;

export const token = () => store.getItem("token");

export const forget = () => store.clear();

/** Takes a token, or the answer of a token endpoint with one in it. */
export function take(text) {
  const found = text.match(/[\w-]+\.[\w-]+\.[\w-]+/g)?.find((part) => part.startsWith("ey"));
  if (!found) throw new Error("There is no token in this.");
  store.setItem("token", found);
}

/** Leaves for the login page. It sends people back here with a code. */
export async function login({ domain, clientId, audience }) {
  const verifier = random();
  const state = random();
  store.setItem("verifier", verifier);
  store.setItem("state", state);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  location.assign(
    `https://${domain}/authorize?` +
      new URLSearchParams({
        response_type: "code",
        client_id: clientId,
        audience,
        scope: "openid",
        redirect_uri: location.origin,
        state,
        code_challenge: base64url(new Uint8Array(digest)),
        code_challenge_method: "S256",
      }),
  );
}

/** Changes the code that the login page sent along for a token. Does nothing on any other visit. */
export async function comeBack({ domain, clientId }) {
  const query = new URLSearchParams(location.search);
  if (!query.has("state")) return;
  history.replaceState(null, "", "/");
  const [state, verifier] = [store.getItem("state"), store.getItem("verifier")];
  store.removeItem("state");
  store.removeItem("verifier");
  // An answer to a question that this tab did not ask is somebody else's.
  if (query.get("state") !== state) throw new Error("This sign-in was begun elsewhere. Please try again.");
  if (query.has("error")) throw new Error(query.get("error_description") ?? query.get("error"));

  const answer = await fetch(`https://${domain}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      code: query.get("code"),
      code_verifier: verifier,
      redirect_uri: location.origin,
    }),
  });
  if (!answer.ok) throw new Error("The sign-in failed. Please try again.");
  store.setItem("token", (await answer.json()).access_token);
}

/** Forgets the token, and signs out at Auth0, where there is one. */
export function logout({ domain, clientId }, offline) {
  forget();
  const query = new URLSearchParams({ client_id: clientId, returnTo: location.origin });
  location.assign(offline ? "/" : `https://${domain}/v2/logout?${query}`);
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
