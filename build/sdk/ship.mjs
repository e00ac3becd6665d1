// Copies what Node.js loads of the SDK's packages into the folder that the application embeds: node build/sdk/ship.mjs OUT.
// The files stay as npm has them: a bundle per client was measured to load slower (98 ms against 60 ms for three clients),
// for each would carry the same core, and an error's stack can be read this way.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const out = process.argv[2];
if (!out) throw new Error("usage: node build/sdk/ship.mjs OUT");
const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const manifest = (name) => JSON.parse(readFileSync(join(here, name, "package.json"), "utf8"));

// CommonJS builds for Node.js, their manifests and licences; no types, no sources, nothing for browsers.
const wanted = (file) =>
  (/\.(c?js|json)$/.test(file) && !/(^|\/)(dist-es|dist-types|esm|src|test)\//.test(file) && !/\.(browser|native)\.js$/.test(file)) || /^(licen[cs]e|notice)/i.test(file);

rmSync(out, { recursive: true, force: true });
const shipped = new Set();
const todo = Object.keys(manifest(".").dependencies);
for (let name; (name = todo.pop()); ) {
  if (shipped.has(name)) continue;
  shipped.add(name);
  const dir = join(modules, name);
  if (existsSync(join(dir, "node_modules"))) throw new Error(`${name} has packages of its own: align the versions in build/sdk/package.json`);
  todo.push(...Object.keys(manifest(join("node_modules", name)).dependencies ?? {}));
  for (const file of readdirSync(dir, { recursive: true })) {
    if (!wanted(file.replaceAll("\\", "/")) || !statSync(join(dir, file)).isFile()) continue;
    mkdirSync(dirname(join(out, name, file)), { recursive: true });
    cpSync(join(dir, file), join(out, name, file));
  }
}
