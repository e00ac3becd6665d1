// Which wires are legal, with the rules of backend/kind (testdata/connect.txtar is read by both).
import type { Match, Port, Speak, Spec } from './types';

/** The ways in which an out port connects to an in port; none means that it is not legal. */
export function canConnect(from: Port, to: Port): Match[] {
  if (from.dir !== 'out' || to.dir !== 'in') return [];
  const out: Match[] = [];
  for (const t of to.speaks) {
    for (const f of from.speaks) {
      if (f.protocol !== t.protocol || !takes(f, t) || !takes(t, f)) continue;
      const access = shared(f.access ?? [], t.access ?? []);
      if (access.length > 0) out.push({ protocol: t.protocol, access });
    }
  }
  return out;
}

/** Whether the other side is what this one asks for. */
const takes = (s: Speak, other: Speak): boolean => !s.with?.length || s.with.includes(other.as ?? '');

/** The accesses that both sides have, in the in side's order; an empty list matches all of the other side's. */
function shared(from: string[], to: string[]): string[] {
  if (from.length === 0 && to.length === 0) return [''];
  if (to.length === 0) return from;
  if (from.length === 0) return to;
  return to.filter((t) => from.includes(t));
}

/** One wire that could be made between two nodes. */
export interface Way {
  fromPort: string;
  toPort: string;
  protocol: string;
  access: string;
}

/** What is already wired, as far as legality depends on it. */
export interface Existing {
  /** How many wires a port has. */
  count(node: string, port: string): number;
  /** Whether just this wire exists. */
  has(from: string, to: string, way: Way): boolean;
}

export interface Place {
  node: string;
  name: string;
  spec: Spec;
  /** The port that the wire starts or ends at; left out, any port of the node will do. */
  port?: string | undefined;
}

/** Whether two nodes can be wired: the ways, the default first, or the reason why not. */
export type Verdict = { ways: Way[]; why?: undefined } | { ways: []; why: string };

export function verdict(from: Place, to: Place, existing: Existing, protocolTitle: (id: string) => string): Verdict {
  const outs = from.spec.ports.filter((p) => p.dir === 'out' && (!from.port || p.id === from.port));
  const ins = to.spec.ports.filter((p) => p.dir === 'in' && (!to.port || p.id === to.port));
  if (from.spec.shape !== 'node' || to.spec.shape !== 'node') {
    return { ways: [], why: 'Groups and notes take no wires.' };
  }
  if (outs.length === 0) return { ways: [], why: `Nothing goes out of “${from.name}” (${from.spec.title}).` };
  if (ins.length === 0) return { ways: [], why: `Nothing goes into “${to.name}” (${to.spec.title}).` };

  const legal: Way[] = [];
  let full: Port | undefined;
  let double = false;
  for (const t of ins) {
    for (const f of outs) {
      const matches = canConnect(f, t);
      if (matches.length === 0) continue;
      const fullPort = isFull(f, from.node, existing) ? f : isFull(t, to.node, existing) ? t : undefined;
      if (fullPort) {
        full = fullPort;
        continue;
      }
      for (const m of matches) {
        for (const access of m.access) {
          const way = { fromPort: f.id, toPort: t.id, protocol: m.protocol, access };
          if (existing.has(from.node, to.node, way)) double = true;
          else legal.push(way);
        }
      }
    }
  }
  if (legal.length > 0) return { ways: legal };
  if (full)
    return { ways: [], why: `“${full.title}” takes at most ${String(full.max)} ${full.max === 1 ? 'wire' : 'wires'}.` };
  if (double) return { ways: [], why: `“${from.name}” and “${to.name}” are wired already.` };
  const particular = choosy(from.spec, to.spec, outs, ins, protocolTitle);
  if (particular) return { ways: [], why: particular };
  const can = [...new Set(outs.flatMap((p) => p.speaks.map((s) => protocolTitle(s.protocol))))];
  return {
    ways: [],
    why: `${article(from.spec.title)} ${from.spec.title} cannot be wired to ${article(to.spec.title).toLowerCase()} ${to.spec.title}: it ${list(can)} other kinds.`,
  };
}

/** Why not, where the two speak one protocol and one of them takes certain others only. */
function choosy(from: Spec, to: Spec, outs: Port[], ins: Port[], title: (id: string) => string): string | undefined {
  for (const f of outs.flatMap((p) => p.speaks)) {
    for (const t of ins.flatMap((p) => p.speaks)) {
      if (f.protocol !== t.protocol) continue;
      if (!takes(t, f)) return `${article(to.title)} ${to.title} is wired from a ${list(t.with ?? [])} only.`;
      if (!takes(f, t))
        return `${article(from.title)} ${from.title} ${title(f.protocol)} a ${list(f.with ?? [])} only.`;
    }
  }
  return undefined;
}

const isFull = (p: Port, node: string, existing: Existing): boolean => !!p.max && existing.count(node, p.id) >= p.max;

const article = (noun: string): string =>
  /^([aeio]|s3|sn|sq|http )/i.test(noun) && !/^(one|uni)/i.test(noun) ? 'An' : 'A';

const list = (words: string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1] ?? ''}`;
