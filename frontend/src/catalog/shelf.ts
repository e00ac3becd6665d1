// The shelf of kinds as it came from Go, with what is asked of it often.
import type { Protocol, Spec } from './types';

export class Shelf {
  readonly kinds: readonly Spec[];
  readonly protocols: readonly Protocol[];
  private readonly byID: ReadonlyMap<string, Spec>;
  private readonly icons = new Map<string, string>();

  constructor(kinds: readonly Spec[], protocols: readonly Protocol[]) {
    this.kinds = kinds;
    this.protocols = protocols;
    this.byID = new Map(kinds.map((k) => [k.id, k]));
  }

  /** The kind, or a stand-in that shows an unknown kind's id. */
  spec(id: string): Spec {
    return this.byID.get(id) ?? unknownKind(id);
  }

  knows(id: string): boolean {
    return this.byID.has(id);
  }

  /** The protocol's verb, for instance "calls". */
  verb(id: string): string {
    return this.protocols.find((p) => p.id === id)?.title ?? id;
  }

  /** The icon as an address for an img: SVG in an img runs no scripts and loads nothing. "" for none. */
  icon(id: string): string {
    let url = this.icons.get(id);
    if (url === undefined) {
      const svg = this.spec(id).icon;
      url = svg ? `data:image/svg+xml,${encodeURIComponent(svg)}` : '';
      this.icons.set(id, url);
    }
    return url;
  }

  isGroup = (kind: string): boolean => this.spec(kind).shape === 'group';

  /** Kinds by category, in the shelf's order. */
  categories(kinds: readonly Spec[] = this.kinds): { title: string; kinds: Spec[] }[] {
    const out = new Map<string, Spec[]>();
    for (const k of kinds) out.set(k.category, [...(out.get(k.category) ?? []), k]);
    return [...out].map(([title, list]) => ({ title, kinds: list }));
  }

  /** Kinds that match every word of a query, the best first. */
  search(query: string): Spec[] {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [...this.kinds];
    return this.kinds
      .map((k) => ({ k, rank: Math.min(...words.map((w) => rank(k, w))) }))
      .filter((r) => r.rank > 0)
      .sort((a, b) => b.rank - a.rank)
      .map((r) => r.k);
  }
}

function rank(k: Spec, word: string): number {
  if (k.title.toLowerCase().startsWith(word) || k.noun.startsWith(word)) return 4;
  if (k.title.toLowerCase().includes(word)) return 3;
  if ((k.keywords ?? []).some((w) => w.toLowerCase().includes(word)) || k.id.includes(word)) return 2;
  return k.summary.toLowerCase().includes(word) || k.category.toLowerCase().includes(word) ? 1 : 0;
}

const unknownKind = (id: string): Spec => ({
  id,
  title: id,
  noun: id,
  category: 'Unknown',
  summary: 'This build does not know the kind. It is kept as it is.',
  icon: '',
  help: '',
  shape: 'node',
  fields: [],
  ports: [],
});
