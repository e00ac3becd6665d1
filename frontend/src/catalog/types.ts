// Kinds as they come from Go (backend/kind): what a thing on the drawing is, as data. No kind is known by name here.

export type FieldType =
  | 'text'
  | 'longtext'
  | 'number'
  | 'flag'
  | 'choice'
  | 'list'
  | 'map'
  | 'rows'
  | 'json'
  | 'cron'
  | 'path'
  | 'code'
  | 'color';

export interface Field {
  name: string;
  title: string;
  type: FieldType;
  group?: string;
  default?: unknown;
  required?: boolean;
  options?: string[];
  min?: number;
  max?: number;
  step?: number;
  unit?: string;
  pattern?: string;
  help?: string;
  doc?: string;
  sensitive?: boolean;
  columns?: Field[];
  /** The values of a map may name other nodes. */
  references?: boolean;
}

export type Direction = 'in' | 'out';

export interface Speak {
  protocol: string;
  access?: string[];
  /** What this side is, for others that are particular. */
  as?: string;
  /** What the other side has to be; empty takes anything. */
  with?: string[];
}

export interface Port {
  id: string;
  title: string;
  dir: Direction;
  speaks: Speak[];
  max?: number;
  fields?: Field[];
}

export interface Spec {
  id: string;
  title: string;
  noun: string;
  category: string;
  summary: string;
  keywords?: string[];
  icon: string;
  help: string;
  doc?: string;
  shape: 'node' | 'group' | 'note';
  fields: Field[];
  ports: Port[];
  stateful?: boolean;
  callable?: boolean;
  sample?: string;
}

export interface Protocol {
  id: string;
  title: string;
  help: string;
}

/** One way in which two ports connect; the first access is the default, "" where there are none. */
export interface Match {
  protocol: string;
  access: string[];
}
