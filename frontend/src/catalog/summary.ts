// What a box says about its node in one line, chosen from the fields alone: no kind is known by name.
import { isDefault, valueOf } from './fields';
import type { Field, Spec } from './types';

/**
 * The values worth a glance: what a kind cannot be without, its first choice, and what somebody has set. At most two,
 * short ones, never a secret.
 */
export function summary(spec: Spec, props: Record<string, unknown> | undefined): string {
  const first = spec.fields.find((f) => f.type === 'choice' && !f.group);
  const out: string[] = [];
  for (const f of spec.fields) {
    if (f.sensitive || !short.has(f.type)) continue;
    if (isDefault(props, f) && !f.required && f !== first) continue;
    const v = valueOf(props, f);
    if ((typeof v !== 'string' && typeof v !== 'number') || v === '') continue;
    const said = f.unit ? `${String(v)} ${f.unit}` : String(v);
    if (said.length <= 24) out.push(said);
    if (out.length === 2) break;
  }
  return out.join(' · ');
}

const short: ReadonlySet<Field['type']> = new Set(['choice', 'number', 'cron', 'text']);

/** The field that holds a node's text (notes), or its color (groups and notes). */
export const fieldOf = (spec: Spec, type: 'longtext' | 'color'): Field | undefined =>
  spec.fields.find((f) => f.type === type);

/** The text of a node's one field of a type, "" for none. */
export function textOf(spec: Spec, props: Record<string, unknown> | undefined, type: 'longtext' | 'color'): string {
  const f = fieldOf(spec, type);
  const v = f && valueOf(props, f);
  return typeof v === 'string' ? v : '';
}
