// Between what a field holds and what is typed. What cannot be read is kept as it was typed, so that nothing is lost.
import type { Field } from '../../catalog/types';
import { equal } from '../../design/equal';
import type { Props } from '../../design/types';
import { jsonError } from './json';
import { parseSchedule } from './schedule';

/** What several records have in a field: the one value, undefined where nobody set it, or different ones. */
export type Shared = { mixed: false; value: unknown } | { mixed: true };

export function shared(records: readonly (Props | undefined)[], field: string): Shared {
  const [first, ...rest] = records.map((p) => p?.[field]);
  return rest.every((v) => equal(v, first)) ? { mixed: false, value: first ?? undefined } : { mixed: true };
}

/** A value as it is typed. */
export function textOf(f: Field, value: unknown): string {
  if (value == null) return '';
  if (f.type === 'json') return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What was typed as a value; undefined for nothing, so that the default counts. */
export function valueFrom(f: Field, text: string): unknown {
  if (f.type === 'number') {
    const plain = text.trim();
    if (plain === '') return undefined;
    const n = Number(plain);
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) && Number.isFinite(n) ? n : plain;
  }
  if (text.trim() === '') return undefined;
  if (f.type === 'json') {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return f.type === 'path' || f.type === 'cron' ? text.trim() : text;
}

/** What is wrong with JSON that is kept as text. */
export function jsonProblem(value: unknown): string | null {
  const e = typeof value === 'string' ? jsonError(value) : null;
  return e && `Line ${String(e.line)}, column ${String(e.column)}: ${e.message}. It is kept as typed.`;
}

/** What is wrong with a schedule. */
export function scheduleProblem(value: unknown): string | null {
  if (typeof value !== 'string' || value.trim() === '') return null;
  const s = parseSchedule(value);
  return typeof s === 'string' ? s : null;
}

/** A default in words, as the placeholder shows it. */
export function defaultText(f: Field): string {
  const d = f.default;
  if (d == null || d === '') return '';
  if (typeof d === 'boolean') return d ? 'on' : 'off';
  const text = typeof d === 'object' ? JSON.stringify(d) : String(d);
  return f.unit && f.type !== 'number' ? `${text} ${f.unit}` : text;
}

/** The range of a number in words: "128 – 10,240 MB". */
export function rangeText(f: Field): string {
  if (f.type !== 'number') return '';
  const unit = f.unit ? ` ${f.unit}` : '';
  const say = (n: number): string => n.toLocaleString('en');
  if (f.min !== undefined && f.max !== undefined) return `${say(f.min)} – ${say(f.max)}${unit}`;
  if (f.min !== undefined) return `at least ${say(f.min)}${unit}`;
  return f.max !== undefined ? `at most ${say(f.max)}${unit}` : '';
}

/** Fields by their group, in the order in which groups first appear. */
export function groups(fields: readonly Field[]): { title: string; fields: Field[] }[] {
  const out = new Map<string, Field[]>();
  for (const f of fields) out.set(f.group ?? '', [...(out.get(f.group ?? '') ?? []), f]);
  return [...out].map(([title, list]) => ({ title, fields: list }));
}

/** The fields that several records of different kinds have in common: same name, same type. */
export function common(lists: readonly (readonly Field[])[]): Field[] {
  const [first = [], ...rest] = lists;
  return first.filter((f) => rest.every((l) => l.some((o) => o.name === f.name && o.type === f.type)));
}
