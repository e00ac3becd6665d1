// An in-memory Airloom for tests and for `npm run dev` without Go (`?fake`). It has real semantics where the page
// depends on them: diffs with revisions and conflicts, undo and redo, findings, a plan against what is deployed, jobs
// with events, calls that leave log lines.
import { canConnect } from '../catalog/connect';
import { problem } from '../catalog/fields';
import type { Spec } from '../catalog/types';
import { applyDiff, invert } from '../design/apply';
import { equal } from '../design/equal';
import { readingOrder } from '../design/select';
import { type Change, type Design, type Diff, emptyDesign, type ID, type NodeRecord } from '../design/types';
import {
  type AppEvent,
  type Bridge,
  type Changed,
  type Committed,
  Fault,
  type Finding,
  type Job,
  type Message,
  type Opened,
  type Operation,
  type Operations,
  type Plan,
  type PlanChange,
  type Version,
} from './api';
import { fakeKinds, fakeProtocols, fakeSample } from './fakeshelf';

type Handlers = { [K in Operation]: (input: Operations[K]['in']) => Operations[K]['out'] };

interface Step {
  diff: Diff;
  label: string;
}

/** A version: what made it, and the drawing before it. */
interface Past {
  version: Version;
  before: Design;
}

export function fakeBridge(): Bridge {
  const listeners = new Set<(m: Message) => void>();
  const jobs = new Map<string, Job>();
  const logs: AppEvent[] = [];
  const recent: { path: string; name: string; opened: string }[] = [];
  let open: { name: string; design: Design; undo: Step[]; redo: Step[]; past: Past[] } | null = null;
  let deployed: { design: Design; at: string } | null = null;
  let trusted = false;
  let seq = 0;

  const tell = (m: Message): void => {
    for (const l of listeners) l(m);
  };
  const session = (): NonNullable<typeof open> => {
    if (!open) throw new Fault({ code: 'not_found', message: 'no project is open', hint: 'open or create one' });
    return open;
  };
  const opened = (): Opened => {
    const s = session();
    return {
      path: `/home/you/${s.name}/${s.name}.airloom`,
      name: s.name,
      design: s.design,
      findings: check(s.design),
      undo: s.undo.at(-1)?.label ?? '',
      redo: s.redo.at(-1)?.label ?? '',
      readOnly: '',
      notice: '',
      outside: null,
      sandbox: 'local',
    };
  };
  const at = (version: number): Design => {
    const s = session();
    return s.past.find((p) => p.version.version === version + 1)?.before ?? s.design;
  };
  const committed = (diff: Diff, label: string, how: Version['how'] = 'edit', before?: Design): Committed => {
    const s = session();
    const version: Version = { version: s.design.revision, at: new Date().toISOString(), how, label, who: 'You' };
    if (before) s.past.push({ version, before });
    const c: Committed = {
      revision: s.design.revision,
      diff,
      label,
      findings: check(s.design),
      undo: s.undo.at(-1)?.label ?? '',
      redo: s.redo.at(-1)?.label ?? '',
      saved: true,
    };
    tell({ kind: 'commit', commit: c });
    return c;
  };
  const enter = (name: string, design: Design): Opened => {
    open = { name, design, undo: [], redo: [], past: [] };
    deployed = null;
    const o = opened();
    recent.unshift({ path: o.path, name, opened: new Date().toISOString() });
    return o;
  };
  const event = (e: Omit<AppEvent, 'seq' | 'time'>): AppEvent => ({ seq: ++seq, time: new Date().toISOString(), ...e });

  const runJob = (title: string, events: Omit<AppEvent, 'seq' | 'time'>[], end: () => void): { job: string } => {
    const job: Job = { id: `job-${String(jobs.size + 1)}`, title, status: 'running', events: [] };
    jobs.set(job.id, job);
    tell({ kind: 'job', job: { ...job } });
    const rest = [...events];
    const next = (): void => {
      if (job.status === 'canceled') return;
      const e = rest.shift();
      if (e) {
        const full = { ...event({ ...e, job: job.id }), seq: (job.events?.length ?? 0) + 1 };
        job.events?.push(full);
        tell({ kind: 'event', event: full });
        setTimeout(next, 120);
        return;
      }
      end();
      job.status = 'succeeded';
      const done: AppEvent = {
        ...event({ type: 'done', text: `${title}: done`, job: job.id, data: { status: 'succeeded' } }),
        seq: (job.events?.length ?? 0) + 1,
      };
      job.events?.push(done);
      tell({ kind: 'event', event: done });
      tell({ kind: 'job', job: { ...job } });
    };
    setTimeout(next, 50);
    return { job: job.id };
  };

  const planChanges = (): PlanChange[] => {
    const now = session().design;
    const before = deployed?.design ?? emptyDesign();
    const out: PlanChange[] = [];
    const emitted = (id: ID, d: Design): boolean => {
      const n = d.nodes[id];
      return !!n && spec(n.kind).shape === 'node';
    };
    for (const id of [...new Set([...Object.keys(now.nodes), ...Object.keys(before.nodes)])].sort()) {
      const a = before.nodes[id];
      const b = now.nodes[id];
      const stateful = !!spec((b ?? a)?.kind ?? '').stateful;
      const base = { node: id, logicalId: pascal(id), type: typeOf((b ?? a)?.kind ?? '') };
      if (b && emitted(id, now) && !a) out.push({ ...base, action: 'add' });
      else if (a && emitted(id, before) && !b) {
        out.push({ ...base, action: 'remove', destructive: stateful, reason: 'no longer on the drawing' });
      } else if (a && b && emitted(id, now)) {
        const same = equal(a.props ?? {}, b.props ?? {});
        out.push({ ...base, action: same ? 'keep' : 'update', properties: same ? [] : ['Properties'] });
      }
    }
    return out;
  };

  const handlers: Handlers = {
    start: () => ({
      version: 'fake',
      window: false,
      recent,
      samples: [
        {
          id: 'orders',
          title: 'Orders',
          summary: 'An HTTP API stores orders in a table; a worker handles them from a queue.',
          try: 'POST /orders',
        },
      ],
      folder: '/home/you',
      project: open ? opened() : null,
    }),
    catalog: () => ({ kinds: fakeKinds, protocols: fakeProtocols }),
    open: ({ path }) => {
      const known = recent.find((r) => r.path === path);
      if (!known)
        throw new Fault({ code: 'not_found', message: `there is no project at ${path}`, hint: 'check the path' });
      return open?.name === known.name ? opened() : enter(known.name, emptyDesign());
    },
    create: ({ name, sample }) => {
      if (!/^[^/\\.][^/\\]*$/.test(name))
        throw new Fault({ code: 'invalid', message: `"${name}" cannot name a project` });
      return enter(name, sample ? fakeSample() : emptyDesign());
    },
    close: () => {
      open = null;
      return {};
    },
    choose: () => {
      throw new Fault({ code: 'unsupported', message: 'a browser cannot show a file dialog', hint: 'type the path' });
    },
    outside: () => ({ outside: null }),
    edit: ({ base, diff, label }) => {
      const s = session();
      if (base !== s.design.revision) throw new Fault({ code: 'conflict', message: 'the drawing has moved on' });
      const before = s.design;
      s.design = applyDiff(s.design, diff);
      s.undo.push({ diff, label });
      s.redo = [];
      return committed(diff, label, 'edit', before);
    },
    undo: () => {
      const s = session();
      const step = s.undo.pop();
      if (!step) throw new Fault({ code: 'not_found', message: 'there is nothing to undo' });
      const diff = invert(step.diff);
      const before = s.design;
      s.design = applyDiff(s.design, diff);
      s.redo.push(step);
      return committed(diff, step.label, 'undo', before);
    },
    redo: () => {
      const s = session();
      const step = s.redo.pop();
      if (!step) throw new Fault({ code: 'not_found', message: 'there is nothing to redo' });
      const before = s.design;
      s.design = applyDiff(s.design, step.diff);
      s.undo.push(step);
      return committed(step.diff, step.label, 'redo', before);
    },
    history: ({ before }) => ({
      versions: session()
        .past.map((p) => p.version)
        .filter((v) => !before || v.version < before)
        .reverse(),
      more: false,
    }),
    compare: ({ from, to }) => {
      const [a, b] = [at(from), at(to)];
      const ids = [...new Set([...Object.keys(a.nodes), ...Object.keys(b.nodes)])].sort();
      const changes = ids.flatMap((id): Changed[] => {
        const [x, y] = [a.nodes[id], b.nodes[id]];
        if (equal(x, y)) return [];
        return [{ action: !x ? 'added' : !y ? 'removed' : 'changed', what: 'node', id, name: (y ?? x)?.name ?? id }];
      });
      return { from, to, changes };
    },
    version: ({ version, name }) => {
      const past = session().past.find((p) => p.version.version === version);
      if (past) past.version = { ...past.version, name };
      return {};
    },
    restore: ({ version }) => {
      const s = session();
      const before = s.design;
      const then = at(version);
      const nodes: Change<NodeRecord> = {};
      for (const [id, n] of Object.entries(then.nodes)) {
        const now = before.nodes[id];
        if (!now) nodes.added = { ...nodes.added, [id]: n };
        else if (!equal(now, n)) nodes.updated = { ...nodes.updated, [id]: { before: now, after: n } };
      }
      for (const [id, n] of Object.entries(before.nodes)) {
        if (!then.nodes[id]) nodes.removed = { ...nodes.removed, [id]: n };
      }
      const step = { diff: { nodes }, label: `restore version ${String(version)}` };
      s.design = applyDiff(s.design, step.diff);
      s.undo.push(step);
      return committed(step.diff, step.label, 'edit', before);
    },
    copy: ({ name }) => {
      const path = `/home/you/${name}/${name}.airloom`;
      recent.unshift({ path, name, opened: new Date().toISOString() });
      return { path };
    },
    takein: () => committed({}, 'take in'),
    layout: ({ ids, direction }) => {
      // One row or column in reading order: enough to see that nodes move.
      const d = session().design;
      const all = readingOrder(ids?.length ? ids.flatMap((id) => d.nodes[id] ?? []) : Object.values(d.nodes));
      const updated: Record<ID, { before: NodeRecord; after: NodeRecord }> = {};
      all
        .filter((n) => !n.locked && spec(n.kind).shape === 'node')
        .forEach((before, i) => {
          const at = direction === 'right' ? { x: 280 * i, y: 0 } : { x: 0, y: 120 * i };
          updated[before.id] = { before, after: { ...before, ...at } };
        });
      return { diff: { nodes: { updated } } };
    },
    template: ({ format }) => {
      const d = session().design;
      const resources: Record<string, unknown> = {};
      const trace: Record<string, ID> = {};
      for (const n of Object.values(d.nodes).sort((a, b) => (a.id < b.id ? -1 : 1))) {
        if (spec(n.kind).shape !== 'node') continue;
        resources[pascal(n.id)] = { Type: typeOf(n.kind), Properties: n.props ?? {} };
        trace[pascal(n.id)] = n.id;
      }
      for (const e of Object.values(d.edges)) {
        resources[pascal(e.id)] = {
          Type: 'AWS::IAM::Policy',
          Properties: { From: e.from.node, To: e.to.node, Access: e.access ?? '' },
        };
        trace[pascal(e.id)] = e.id;
      }
      const template = { AWSTemplateFormatVersion: '2010-09-09', Resources: resources };
      const body = format === 'yaml' ? yaml(template) : JSON.stringify(template, null, 2);
      return {
        body,
        bytes: body.length,
        resources: Object.keys(resources).length,
        trace,
        units: [],
        digest: `fake-${String(d.revision)}`,
        findings: check(d),
      };
    },
    delta: ({ id }) => {
      const e = session().design.edges[id];
      if (!e) return { resources: [], statements: [], variables: [], text: '' };
      return {
        resources: [
          e.protocol === 'call'
            ? { logicalId: `${pascal(e.from.node)}Role`, type: 'AWS::IAM::Role', action: 'update', paths: ['Policies'] }
            : { logicalId: pascal(id), type: 'AWS::Lambda::Permission', action: 'add' },
        ],
        statements:
          e.protocol === 'call'
            ? [{ on: e.from.node, actions: [`*:${e.access ?? ''}`], resources: [pascal(e.to.node)] }]
            : [],
        variables:
          e.protocol === 'call'
            ? [{ on: e.from.node, name: `${e.to.node.toUpperCase()}_NAME`, value: pascal(e.to.node) }]
            : [],
        text: '',
      };
    },
    sandboxes: () => ({
      sandboxes: [
        { name: 'local', type: 'local', detail: 'this machine' },
        { name: 'dev', type: 'aws', detail: 'profile dev, eu-central-1' },
      ],
      current: 'local',
    }),
    plan: ({ sandbox }) => {
      const changes = planChanges();
      const plan: Plan = {
        id: `plan-${String(session().design.revision)}`,
        sandbox: {
          name: sandbox,
          type: sandbox === 'local' ? 'local' : 'aws',
          stack: session().name,
          account: sandbox === 'local' ? '000000000000' : '123456789012',
          region: 'eu-central-1',
          caller: sandbox === 'local' ? 'this machine' : 'arn:aws:iam::123456789012:user/you',
          warnings: sandbox === 'local' ? ['declared nodejs22.x, this machine has 20.20'] : [],
        },
        method: !deployed ? 'create' : changes.some((c) => c.action !== 'keep') ? 'update' : 'none',
        changes,
        refusals: check(session().design).filter((f) => f.severity === 'error'),
        notes: ['native code is built for x86_64 here'],
        applyable: !check(session().design).some((f) => f.severity === 'error'),
        bundle: 'fake',
      };
      return plan;
    },
    deploy: ({ sandbox, consent, trust }) => {
      const changes = planChanges();
      if (changes.some((c) => c.destructive) && !consent) {
        throw new Fault({
          code: 'denied',
          where: 'consent',
          message: 'the plan removes data, and nobody agreed to that',
        });
      }
      if (!trusted && !trust) {
        throw new Fault({
          code: 'denied',
          where: 'trust',
          message: "this project's code has not been trusted on this machine",
          hint: 'look at the functions first; they run as you',
        });
      }
      trusted = true;
      const design = session().design;
      const todo = changes.filter((c) => c.action !== 'keep');
      return runJob(
        `deploy to ${sandbox}`,
        [
          { type: 'step', text: 'Packaging' },
          { type: 'step', text: 'Creating resources' },
          ...todo.flatMap((c): Omit<AppEvent, 'seq' | 'time'>[] => [
            {
              type: 'resource',
              node: c.node ?? '',
              text: `${c.logicalId} is being made`,
              data: { logicalId: c.logicalId, status: 'CREATE_IN_PROGRESS' },
            },
            {
              type: 'resource',
              node: c.node ?? '',
              text: `${c.logicalId} is there`,
              data: { logicalId: c.logicalId, status: 'CREATE_COMPLETE' },
            },
          ]),
          { type: 'output', text: 'API', data: { name: 'ApiUrl', value: 'http://127.0.0.1:4500' } },
        ],
        () => (deployed = { design, at: new Date().toISOString() }),
      );
    },
    destroy: ({ sandbox, confirm }) => {
      if (confirm !== sandbox) throw new Fault({ code: 'denied', message: "type the sandbox's name to take it down" });
      return runJob(`destroy ${sandbox}`, [{ type: 'step', text: 'Removing everything' }], () => (deployed = null));
    },
    cancel: ({ job }) => {
      const j = jobs.get(job);
      if (j) {
        j.status = 'canceled';
        tell({ kind: 'event', event: event({ type: 'done', text: 'canceled', job, data: { status: 'canceled' } }) });
        tell({ kind: 'job', job: { ...j } });
      }
      return {};
    },
    job: ({ job }) => {
      const j = jobs.get(job);
      if (!j) throw new Fault({ code: 'not_found', message: `there is no job ${job}` });
      return j;
    },
    deployment: () => {
      if (!deployed) return { deployment: null };
      const api = Object.values(deployed.design.nodes).find((n) => n.kind === 'aws.httpapi');
      return {
        deployment: {
          sandbox: {
            name: 'local',
            type: 'local',
            stack: session().name,
            account: '',
            region: '',
            caller: 'this machine',
          },
          status: 'CREATE_COMPLETE',
          bundle: 'fake',
          outputs: { ApiUrl: 'http://127.0.0.1:4500' },
          resources: Object.values(deployed.design.nodes).map((n) => ({
            logicalId: pascal(n.id),
            node: n.id,
            type: typeOf(n.kind),
            physicalId: n.id,
            status: 'CREATE_COMPLETE',
          })),
          urls: api ? [{ node: api.id, title: 'API', url: 'http://127.0.0.1:4500' }] : [],
          started: deployed.at,
          ended: deployed.at,
        },
      };
    },
    call: ({ node, payload }) => {
      if (!deployed)
        throw new Fault({ code: 'not_found', message: 'nothing is deployed', where: node, hint: 'deploy first' });
      const line = event({ type: 'log', node, level: 'info', text: `received ${payload}` });
      logs.push(line);
      tell({ kind: 'event', event: line });
      return {
        status: 200,
        header: { 'content-type': 'application/json' },
        body: JSON.stringify({ ok: true, echo: payload }),
        logTail: `START\nreceived ${payload}\nEND`,
        durationMs: 12,
      };
    },
    logs: ({ node, limit }) => ({ events: logs.filter((e) => !node || e.node === node).slice(-(limit ?? 1000)) }),
    follow: () => ({}),
    reveal: ({ node }) => {
      throw new Fault({
        code: 'unsupported',
        message: 'a browser cannot open a folder',
        where: node,
        hint: 'open it in your editor by its path',
      });
    },
    code: ({ node }) => {
      if (!spec(session().design.nodes[node]?.kind ?? '').fields.some((f) => f.name === 'runtime')) {
        throw new Fault({ code: 'unsupported', message: `${node} has no code`, where: node });
      }
      return {
        path: `functions/${node}`,
        files: [{ name: 'index.mjs', size: 120 }],
        main: { name: 'index.mjs', text: 'export const handler = async (event) => {\n  return { ok: true };\n};\n' },
      };
    },
    export: ({ format }) => ({
      name: `${session().name}.${format}`,
      mime: format === 'svg' ? 'image/svg+xml' : 'text/vnd.graphviz',
      text: format === 'svg' ? '<svg xmlns="http://www.w3.org/2000/svg"/>' : 'digraph {}',
    }),
    save: () => {
      throw new Fault({ code: 'unsupported', message: 'a browser cannot show a file dialog', hint: 'download it' });
    },
    external: ({ url }) => {
      if (!url.startsWith('https://')) throw new Fault({ code: 'denied', message: 'only https addresses are opened' });
      return {};
    },
  };

  return {
    // Answers come as JSON would bring them: copies, a turn later.
    call: async (op, input) => {
      await Promise.resolve();
      const copy = structuredClone(input);
      return structuredClone((handlers[op] as (i: typeof input) => unknown)(copy)) as never;
    },
    listen: ({ message, connected }) => {
      const l = (m: Message): void => {
        message(structuredClone(m));
      };
      listeners.add(l);
      connected(true);
      l({ kind: 'hello', boot: 'fake' });
      return () => listeners.delete(l);
    },
  };
}

const spec = (kind: string): Spec =>
  fakeKinds.find((k) => k.id === kind) ?? {
    id: kind,
    title: kind,
    noun: kind,
    category: '',
    summary: '',
    icon: '',
    help: '',
    shape: 'node',
    fields: [],
    ports: [],
  };

function check(d: Design): Finding[] {
  const out: Finding[] = [];
  for (const n of Object.values(d.nodes)) {
    for (const f of spec(n.kind).fields) {
      const p = problem(f, n.props?.[f.name] ?? f.default);
      if (p) out.push({ rule: 'field', severity: 'error', node: n.id, field: f.name, message: `${f.title}: ${p}` });
    }
    const wired = Object.values(d.edges).some((e) => e.from.node === n.id || e.to.node === n.id);
    if (spec(n.kind).shape === 'node' && !wired) {
      out.push({
        rule: 'unwired',
        severity: 'note',
        node: n.id,
        message: `${n.name} is not wired to anything`,
        hint: 'draw a wire, or remove it',
      });
    }
  }
  for (const e of Object.values(d.edges)) {
    const from = spec(d.nodes[e.from.node]?.kind ?? '').ports.find((p) => p.id === e.from.port);
    const to = spec(d.nodes[e.to.node]?.kind ?? '').ports.find((p) => p.id === e.to.port);
    if (!from || !to || canConnect(from, to).length === 0) {
      out.push({ rule: 'wire', severity: 'error', node: e.id, message: 'this wire is not legal' });
    }
  }
  const rank = { error: 0, warning: 1, note: 2 };
  return out.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

const pascal = (id: ID): string =>
  id
    .split(/[-_]/)
    .map((p) => p.slice(0, 1).toUpperCase() + p.slice(1))
    .join('');

const typeOf = (kind: string): string => `AWS::${kind.replace(/^.*\./, '')}::Resource`;

function yaml(v: unknown, indent = ''): string {
  if (typeof v !== 'object' || v === null) return JSON.stringify(v);
  const entries = Object.entries(v);
  if (entries.length === 0) return '{}';
  return entries
    .map(([k, x]) =>
      typeof x === 'object' && x !== null && Object.keys(x).length > 0
        ? `${indent}${k}:\n${yaml(x, indent + '  ')}`
        : `${indent}${k}: ${yaml(x)}`,
    )
    .join('\n');
}
