// Between what a field holds and what is typed. What cannot be read is kept as it was typed, so that nothing is lost.
import type { Field } from '../../catalog/types';
import { equal } from '../../design/equal';
import type { Props } from '../../design/types';
import { jsonError } from './json';

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

/** A schedule in words; "" where it says itself best. */
export function scheduleText(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : '';
  const rate = /^rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)$/.exec(text);
  if (rate) return rate[1] === '1' ? `Every ${rate[2] ?? ''}.` : `Every ${rate[1] ?? ''} ${rate[2] ?? ''}s.`;
  const at = /^at\((\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\)$/.exec(text);
  if (at) return `Once, on ${at[1] ?? ''} at ${at[2] ?? ''} UTC.`;
  const cron = /^cron\((.*)\)$/.exec(text)?.[1]?.trim().split(/\s+/);
  if (cron?.length !== 6) return '';
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = cron;
  const anyDay = day === '*' || day === '?';
  const anyWeekday = weekday === '*' || weekday === '?';
  if (!/^\d+$/.test(minute) || month !== '*' || year !== '*') return '';
  const past = minute.padStart(2, '0');
  if (hour === '*' && anyDay && anyWeekday) return `Every hour, at minute ${minute}.`;
  if (!/^\d+$/.test(hour)) return '';
  const clock = `${hour.padStart(2, '0')}:${past} UTC`;
  if (anyDay && anyWeekday) return `Every day at ${clock}.`;
  if (anyDay && /^[A-Z]{3}([-,][A-Z]{3})*$/i.test(weekday))
    return `${weekday.toUpperCase().replace('-', ' to ')} at ${clock}.`;
  if (anyWeekday && /^\d+$/.test(day)) return `On day ${day} of every month at ${clock}.`;
  return '';
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
