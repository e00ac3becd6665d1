// The page: sign in, read, write. No framework and no build: what lies here is what is published.
import * as session from "./session.js";

const $ = (id) => document.getElementById(id);

// Written by each deployment, with an entry for each wire of the web client.
const { auth0, diaryApi } = await (await fetch("/config.json")).json();

// Without TLS this is the embedded sandbox, whose Auth0 gives tokens and has no login page.
const offline = location.protocol === "http:";

$("login").onclick = () => attempt(() => session.login(auth0));
$("logout").onclick = () => attempt(() => session.logout(auth0, offline));
$("offline").onsubmit = (event) =>
  attempt(async () => {
    event.preventDefault();
    session.take(event.target.elements.token.value);
    event.target.reset();
    await show();
  });
$("write").onsubmit = (event) =>
  attempt(async () => {
    event.preventDefault();
    await call("POST", { text: event.target.elements.text.value });
    event.target.reset();
    await show();
  });

await attempt(async () => {
  try {
    await session.comeBack(auth0);
  } finally {
    await show();
  }
});

async function show() {
  const signedIn = Boolean(session.token());
  $("welcome").hidden = signedIn;
  $("login").hidden = offline;
  $("offline").hidden = !offline;
  $("diary").hidden = $("logout").hidden = !signedIn;
  if (!signedIn) return;

  const { entries } = await call("GET");
  $("empty").hidden = entries.length > 0;
  $("entries").replaceChildren(...entries.map(item));
}

// What people wrote is put in as text, never as HTML.
function item({ written, text }) {
  const time = document.createElement("time");
  time.dateTime = written;
  time.textContent = new Date(written).toLocaleString([], { dateStyle: "long", timeStyle: "short" });
  const line = document.createElement("p");
  line.textContent = text;
  const li = document.createElement("li");
  li.append(time, line);
  return li;
}

async function call(method, body) {
  const answer = await fetch(diaryApi.apiUrl + "/entries", {
    method,
    headers: { authorization: `Bearer ${session.token()}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (answer.status === 401) {
    session.forget();
    await show();
    throw new Error("The token is not valid, or no longer. Please sign in again.");
  }
  if (!answer.ok) throw new Error(`The diary answered ${answer.status}. Please try again.`);
  return answer.json();
}

async function attempt(action) {
  $("trouble").hidden = true;
  try {
    await action();
  } catch (error) {
    $("trouble").textContent = error.message;
    $("trouble").hidden = false;
  }
}
