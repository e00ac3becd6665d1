// What is typed to find something: words that must all fit, `kind:` `name:` `tag:` `finding:` for one thing, a minus for
// what must not fit, quotes around what has spaces.
import type { Finding } from '../../bridge/api';
import type { Spec } from '../../catalog/types';
import { readingOrder } from '../../design/select';
import type { Design, EdgeRecord, ID, NodeRecord, Props } from '../../design/types';

export const filters = ['kind', 'name', 'tag', 'finding'] as const;
type Filter = (typeof filters)[number];

export interface Term {
  filter: Filter | null;
  text: string;
  not: boolean;
}

export function parse(query: string): Term[] {
  const terms: Term[] = [];
  for (const m of query.matchAll(/(-)?(?:(kind|name|tag|finding):)?(?:"([^"]*)"?|(\S*))/gi)) {
    const text = (m[3] ?? m[4] ?? '').toLowerCase();
    const filter = (m[2]?.toLowerCase() as Filter | undefined) ?? null;
    // A filter without a text fits what has any: `finding:`, `tag:`.
    if (text !== '' || filter) terms.push({ filter, text, not: m[1] === '-' });
  }
  return terms;
}

/** What is asked of a drawing. */
export interface Haystack {
  design: Design;
  spec: (kind: string) => Spec;
  verb: (protocol: string) => string;
  found: ReadonlyMap<ID, readonly Finding[]>;
}

/** The records that fit, nodes in reading order with the best names first, then wires. */
export function find(query: string, h: Haystack): ID[] {
  const terms = parse(query);
  if (terms.length === 0) return [];
  const all = (has: (t: Term) => boolean): boolean => terms.every((t) => has(t) !== t.not);
  const nodes = readingOrder(Object.values(h.design.nodes))
    .filter((n) => all((t) => nodeHas(n, t, h)))
    .map((n) => ({ id: n.id, rank: rank(n.name.toLowerCase(), terms) }))
    .sort((a, b) => a.rank - b.rank);
  const wires = Object.values(h.design.edges)
    .filter((e) => all((t) => wireHas(e, t, h)))
    .map((e) => e.id)
    .sort();
  return [...nodes.map((n) => n.id), ...wires];
}

function rank(name: string, terms: readonly Term[]): number {
  const texts = terms.filter((t) => !t.not && (!t.filter || t.filter === 'name')).map((t) => t.text);
  if (texts.some((t) => name.startsWith(t))) return 0;
  return texts.every((t) => name.includes(t)) ? 1 : 2;
}

function nodeHas(n: NodeRecord, t: Term, h: Haystack): boolean {
  const spec = h.spec(n.kind);
  const has = (...texts: string[]): boolean => texts.some((s) => s.toLowerCase().includes(t.text));
  switch (t.filter) {
    case 'kind':
      return has(n.kind, spec.title, spec.noun);
    case 'name':
      return has(n.name, n.id);
    case 'tag':
      return tags(n.props).some((s) => s.toLowerCase().includes(t.text));
    case 'finding':
      return findingHas(h.found.get(n.id), t.text);
    case null:
      return has(n.name, n.id, n.kind, spec.title, ...said(n.props, spec));
  }
}

function wireHas(e: EdgeRecord, t: Term, h: Haystack): boolean {
  const has = (...texts: string[]): boolean => texts.some((s) => s.toLowerCase().includes(t.text));
  const { nodes } = h.design;
  switch (t.filter) {
    case 'kind':
      return has('wire', e.protocol);
    case 'name':
      return has(e.id);
    case 'tag':
      return false;
    case 'finding':
      return findingHas(h.found.get(e.id), t.text);
    case null:
      // The ends' names are the nodes' own: they find the nodes.
      return nodes[e.from.node] !== undefined && has(e.protocol, h.verb(e.protocol), e.access ?? '');
  }
}

const findingHas = (list: readonly Finding[] | undefined, text: string): boolean =>
  (list ?? []).some((f) => [f.severity, f.rule, f.message].some((s) => s.toLowerCase().includes(text)));

/** Tags are a map, or a list of words. */
function tags(props: Props | undefined): string[] {
  const t = props?.tags;
  if (Array.isArray(t)) return t.map(String);
  return typeof t === 'object' && t !== null ? Object.entries(t).map(([k, v]) => `${k}=${String(v)}`) : [];
}

/** The texts that somebody has set, secrets excepted. */
function said(props: Props | undefined, spec: Spec): string[] {
  const secret = new Set(spec.fields.filter((f) => f.sensitive).map((f) => f.name));
  return Object.entries(props ?? {}).flatMap(([name, v]) => {
    if (secret.has(name) || v == null) return [];
    return [typeof v === 'object' ? JSON.stringify(v) : String(v as string | number | boolean)];
  });
}
