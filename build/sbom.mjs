// Joins the lists of ingredients of the Go program and of the interface inside it into one CycloneDX document.
// usage: node build/sbom.mjs VERSION GO.json NPM.json OUT.json
// What differs from run to run is left out or derived: the time is SOURCE_DATE_EPOCH, there is no serial number.
import { readFileSync, writeFileSync } from 'node:fs';

const [version, goFile, npmFile, out] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const go = read(goFile);
const npm = read(npmFile);

const root = { ...go.metadata.component, name: 'airloom', version };
delete root.components; // single files of ours
const interfaceRef = npm.metadata.component['bom-ref'];
const components = [...go.components, ...npm.components];
const refs = new Map(); // one entry for each reference, whoever names it
for (const d of [...(go.dependencies ?? []), ...(npm.dependencies ?? [])]) {
  const ref = d.ref === interfaceRef ? root['bom-ref'] : d.ref;
  refs.set(ref, new Set([...(refs.get(ref) ?? []), ...(d.dependsOn ?? [])]));
}
const by = (key) => (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
const document = {
  bomFormat: 'CycloneDX',
  specVersion: go.specVersion,
  version: 1,
  metadata: {
    timestamp: new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString(),
    component: root,
  },
  components: components.map((c) => ({ ...c, properties: undefined })).sort(by((c) => c['bom-ref'])),
  dependencies: [...refs].map(([ref, on]) => ({ ref, dependsOn: [...on].sort() })).sort(by((d) => d.ref)),
};
writeFileSync(out, JSON.stringify(document, null, 1) + '\n');
