// The operations of app/web: names, inputs, answers. The generated types (api.gen.ts, `npm run types`) are held against
// these in api.test-d.ts, so the two cannot drift.
import type { Protocol, Spec } from '../catalog/types';
import type { Design, Diff } from '../design/types';

export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  rule: string;
  severity: Severity;
  node?: string;
  field?: string;
  message: string;
  hint?: string;
  source?: string;
}

export interface FaultBody {
  code: string;
  message: string;
  where?: string;
  hint?: string;
}

export interface Outside {
  diff: Diff;
  summary: string[];
  /** Why the text cannot be read; then it can only be dropped. */
  problem?: string;
  hint?: string;
}

export interface Opened {
  path: string;
  name: string;
  design: Design;
  findings: Finding[] | null;
  undo: string;
  redo: string;
  readOnly: string;
  /** What a person should know about how the file was opened, "" for nothing. */
  notice: string;
  outside: Outside | null;
  sandbox: string;
}

export interface Committed {
  revision: number;
  diff: Diff;
  label?: string;
  findings: Finding[] | null;
  undo: string;
  redo: string;
  saved: boolean;
}

export interface Recent {
  path: string;
  name: string;
  opened: string;
}

export interface Sample {
  id: string;
  title: string;
  summary: string;
  try?: string;
  place?: number;
}

export interface Start {
  version: string;
  window: boolean;
  recent: Recent[] | null;
  samples: Sample[] | null;
  folder: string;
  project: Opened | null;
}

export interface Catalog {
  kinds: Spec[];
  protocols: Protocol[];
}

export interface Unit {
  node: string;
  name: string;
  source: string;
  runtime: string;
  handler: string;
  arch: string;
}

export interface Template {
  body: string;
  bytes: number;
  resources: number;
  /** Logical id (and output name) → the record that it comes from. */
  trace: Record<string, string>;
  units: Unit[] | null;
  digest: string;
  findings: Finding[] | null;
}

/** What a record adds to the template, or changes in it. on is the logical id of what gets it. */
export interface Delta {
  resources: { logicalId: string; type: string; action: 'add' | 'update'; paths?: string[] | null }[] | null;
  statements: { on: string; actions: string[] | null; resources: string[] | null }[] | null;
  variables: { on: string; name: string; value: string }[] | null;
  /** The added part as template JSON. */
  text: string;
}

export interface SandboxInfo {
  name: string;
  type: string;
  detail: string;
  config?: Record<string, string>;
}

export interface Identity {
  name: string;
  type: 'local' | 'aws';
  stack: string;
  account: string;
  region: string;
  caller: string;
  endpoint?: string;
  hostArch?: string;
  warnings?: string[] | null;
}

export type ActionKind = 'add' | 'update' | 'replace' | 'remove' | 'keep';

export interface PlanChange {
  node?: string;
  logicalId: string;
  type: string;
  action: ActionKind;
  reason?: string;
  properties?: string[] | null;
  destructive?: boolean;
}

export interface Plan {
  id: string;
  sandbox: Identity;
  method: string;
  changes: PlanChange[] | null;
  refusals?: Finding[] | null;
  notes?: string[] | null;
  applyable: boolean;
  bundle: string;
  base?: string;
}

export interface Deployment {
  sandbox: Identity;
  status: string;
  reason?: string;
  bundle: string;
  outputs: Record<string, string> | null;
  resources:
    | {
        logicalId: string;
        node?: string;
        type: string;
        physicalId: string;
        arn?: string;
        status: string;
      }[]
    | null;
  urls?: { node: string; title: string; url: string }[] | null;
  started: string;
  ended?: string;
}

export type EventType = 'step' | 'resource' | 'log' | 'tick' | 'output' | 'warn' | 'done';

export interface AppEvent {
  seq: number;
  time: string;
  job?: string;
  type: EventType;
  node?: string;
  level?: 'info' | 'warning' | 'error';
  text: string;
  data?: {
    logicalId?: string;
    status?: string;
    reason?: string;
    hint?: string;
    name?: string;
    value?: string;
    requestId?: string;
    progress?: number;
  };
}

export type JobStatus = 'running' | 'succeeded' | 'failed' | 'canceled';

export interface Job {
  id: string;
  title: string;
  status: JobStatus;
  error?: FaultBody | null;
  events?: AppEvent[] | null;
}

export interface CallAnswer {
  status: number;
  header?: Record<string, string> | null;
  body: string;
  error?: string;
  logTail?: string;
  durationMs: number;
}

export interface CodeAnswer {
  path: string;
  files: { name: string; size: number }[] | null;
  /** null where the handler's file is not there. */
  main: { name: string; text: string } | null;
}

/** One change in the history, and the drawing after it. */
export interface Version {
  version: number;
  at: string;
  how: 'edit' | 'undo' | 'redo' | 'takein';
  /** The change that was undone or done again. */
  of?: number;
  label: string;
  who?: string;
  name?: string;
}

/** What is different about one record between two versions. */
export interface Changed {
  action: 'added' | 'changed' | 'removed';
  what: 'node' | 'wire' | 'setting';
  id: string;
  name: string;
  details?: string[] | null;
}

export interface Comparison {
  from: number;
  to: number;
  changes: Changed[];
}

export type ExportFormat = 'svg' | 'png' | 'pdf' | 'dot' | 'mermaid' | 'drawio' | 'md';

export interface ExportIn {
  format: ExportFormat;
  ids?: string[];
  theme?: 'light' | 'dark';
  /** Of png: pixels a unit of the canvas, 1 to 4. */
  scale?: number;
}

type Empty = Record<string, never>;

/** Every operation: what goes in, what comes out. */
export interface Operations {
  start: { in: Empty; out: Start };
  catalog: { in: Empty; out: Catalog };
  open: { in: { path: string }; out: Opened };
  create: { in: { name: string; folder?: string; sample?: string }; out: Opened };
  close: { in: Empty; out: Empty };
  choose: { in: { what: 'open' | 'folder' | 'save'; title: string; name?: string }; out: { path: string } };
  /** What changed in the text snapshot since Airloom wrote it. */
  outside: { in: Empty; out: { outside: Outside | null } };
  edit: { in: { base: number; diff: Diff; label: string }; out: Committed };
  undo: { in: Empty; out: Committed };
  redo: { in: Empty; out: Committed };
  takein: { in: { accept: boolean }; out: Committed };
  /** The moves that tidy the drawing; without ids, all of it. */
  layout: { in: { ids?: string[]; direction: 'right' | 'down' }; out: { diff: Diff } };
  history: { in: { before?: number }; out: { versions: Version[]; more: boolean } };
  compare: { in: { from: number; to: number }; out: Comparison };
  version: { in: { version: number; name: string }; out: Empty };
  restore: { in: { version: number }; out: Committed };
  /** Copies the project under another name and identity; gives the copy's path. */
  copy: { in: { name: string; folder?: string }; out: { path: string } };
  template: { in: { format: 'json' | 'yaml' }; out: Template };
  delta: { in: { id: string }; out: Delta };
  sandboxes: { in: Empty; out: { sandboxes: SandboxInfo[] | null; current: string } };
  plan: { in: { sandbox: string }; out: Plan };
  deploy: { in: { sandbox: string; plan: string; consent: boolean; trust: boolean }; out: { job: string } };
  destroy: { in: { sandbox: string; confirm: string }; out: { job: string } };
  cancel: { in: { job: string }; out: Empty };
  job: { in: { job: string }; out: Job };
  deployment: { in: { sandbox: string }; out: { deployment: Deployment | null } };
  call: { in: { sandbox: string; node: string; payload: string }; out: CallAnswer };
  logs: { in: { sandbox: string; node?: string; limit?: number }; out: { events: AppEvent[] | null } };
  /** Has every log line told as an event, until the project is closed. */
  follow: { in: { sandbox: string }; out: Empty };
  code: { in: { node: string }; out: CodeAnswer };
  /** Shows a function's source folder in the system's file manager; its first code is written where it has none yet. */
  reveal: { in: { node: string }; out: { path: string } };
  /** body holds the bytes of a binary form in base64; text is then empty. */
  export: { in: ExportIn; out: { name: string; mime: string; text: string; body?: string } };
  /** Exports to where the person says in the window's own dialog; an empty path where they declined. */
  save: { in: ExportIn; out: { path: string } };
  external: { in: { url: string; sandbox?: string }; out: Empty };
}

export type Operation = keyof Operations;

/** One message of the event stream. */
export type Message =
  | { kind: 'hello'; boot: string }
  | { kind: 'commit'; commit: Committed }
  | { kind: 'event'; event: AppEvent }
  | { kind: 'job'; job: Job }
  | { kind: 'project' }
  /** An action was chosen in the window's own menu. */
  | { kind: 'menu'; id: string };

/** The bridge to Go, or a fake of it. */
export interface Bridge {
  call<K extends Operation>(op: K, input: Operations[K]['in']): Promise<Operations[K]['out']>;
  /** Listens to the event stream until stop is called. Comes back by itself after an interruption. */
  listen(to: { message: (m: Message) => void; connected: (yes: boolean) => void }): () => void;
}

/** Something that Go refused, or that kept Go from being reached (code "unreachable"). */
export class Fault extends Error {
  readonly code: string;
  readonly where: string;
  readonly hint: string;
  constructor(body: FaultBody) {
    super(body.message);
    this.code = body.code;
    this.where = body.where ?? '';
    this.hint = body.hint ?? '';
  }
}

/** Whatever was thrown, as a Fault. */
export const asFault = (e: unknown): Fault =>
  e instanceof Fault ? e : new Fault({ code: 'internal', message: e instanceof Error ? e.message : String(e) });
