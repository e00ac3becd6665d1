// A value that is another node's, or a parameter's: the typed forms of backend/kind/reference.go. They are picked, never read
// out of what somebody typed.
import type { ID } from '../../design/types';

export type Reference = { node: ID; attribute: string } | { param: string };

/** The attribute that is the node's name or id: CloudFormation's Ref. */
export const ref = 'Ref';

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

export const isAttribute = (text: string): boolean => /^[A-Za-z0-9]{1,255}(\.[A-Za-z0-9]{1,255})*$/.test(text);

/** What a value refers to, null where it is a value of its own. */
export function referenceOf(value: unknown): Reference | null {
  if (!isRecord(value) || Object.keys(value).length !== 1) return null;
  if (typeof value.$ref === 'string') return { node: value.$ref, attribute: ref };
  if (typeof value.$param === 'string') return { param: value.$param };
  if (!Array.isArray(value.$getAtt) || value.$getAtt.length !== 2) return null;
  const [node, attribute] = value.$getAtt as unknown[];
  return typeof node === 'string' && typeof attribute === 'string' ? { node, attribute } : null;
}

/** The value that refers to a node's attribute. */
export const referTo = (node: ID, attribute: string): unknown =>
  attribute === ref ? { $ref: node } : { $getAtt: [node, attribute] };
