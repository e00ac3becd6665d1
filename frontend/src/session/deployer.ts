// From drawing to running system: the plan, its consent, the job and its events, and what is deployed. What it knows of
// each record is painted on the canvas (marks).
import {
  type ActionKind,
  type AppEvent,
  asFault,
  type Bridge,
  type Deployment,
  Fault,
  type Job,
  type Plan,
  type SandboxInfo,
} from '../bridge/api';
import { Store } from './store';

/** What is painted on a record. */
export interface Mark {
  action?: ActionKind;
  destructive?: boolean;
  state?: 'busy' | 'done' | 'failed';
  text?: string;
  /** What it says where it is not about a plan. */
  said?: string;
}

export interface Run {
  id: string;
  title: string;
  status: Job['status'];
  events: readonly AppEvent[];
  fault: Fault | null;
}

export interface Deploying {
  sandboxes: readonly SandboxInfo[];
  current: string;
  planning: boolean;
  plan: Plan | null;
  /** The drawing's revision that the plan was made for. */
  planned: number;
  fault: Fault | null;
  run: Run | null;
  /** Why a person must say first that this project's code may run here; the plan stays. */
  trust: Fault | null;
  deployment: Deployment | null;
  marks: ReadonlyMap<string, Mark>;
}

const idle: Deploying = {
  sandboxes: [],
  current: 'local',
  planning: false,
  plan: null,
  planned: -1,
  fault: null,
  run: null,
  trust: null,
  deployment: null,
  marks: new Map(),
};

/** The heaviest action of a node's resources is the one painted. */
const weight: Record<ActionKind, number> = { keep: 0, update: 1, add: 2, replace: 3, remove: 4 };

export class Deployer {
  readonly state = new Store<Deploying>(idle);
  private readonly bridge: Bridge;
  private asked = '';
  /** Jobs whose end is known: the stream may be ahead of an answer, and an answer behind it changes nothing. */
  private readonly ended = new Set<string>();
  private consented = false;
  private trusted = false;
  private readonly report: (doing: string, e: unknown) => void;

  constructor(bridge: Bridge, report: (doing: string, e: unknown) => void) {
    this.bridge = bridge;
    this.report = report;
  }

  /** Starts anew for an opened project. */
  async enter(current: string): Promise<void> {
    this.state.set({ ...idle, current });
    try {
      const s = await this.bridge.call('sandboxes', {});
      this.patch({ sandboxes: s.sandboxes ?? [], current: s.current || current });
    } catch (e) {
      this.report('Sandboxes', e);
    }
    await this.refresh();
  }

  leave(): void {
    this.state.set(idle);
  }

  async choose(sandbox: string): Promise<void> {
    this.patch({
      current: sandbox,
      plan: null,
      fault: null,
      trust: null,
      run: null,
      deployment: null,
      marks: new Map(),
    });
    await this.refresh();
  }

  /** Asks what is deployed. Nothing deployed is an answer, not a failure. */
  async refresh(): Promise<void> {
    const sandbox = this.state.get().current;
    try {
      const { deployment } = await this.bridge.call('deployment', { sandbox });
      if (this.state.get().current !== sandbox) return;
      this.patch({ deployment });
      if (deployment) await this.listen(sandbox);
    } catch (e) {
      this.report(`Sandbox ${sandbox}`, e);
      this.patch({ deployment: null });
    }
  }

  /** Has the log lines of what runs told as they come. Go follows once, however often it is asked. */
  private async listen(sandbox: string): Promise<void> {
    try {
      await this.bridge.call('follow', { sandbox });
    } catch (e) {
      this.report('Logs', e);
    }
  }

  async plan(revision: number): Promise<Plan | null> {
    const { current, planning } = this.state.get();
    if (planning) return null;
    this.patch({ planning: true, fault: null, trust: null, run: null });
    try {
      const plan = await this.bridge.call('plan', { sandbox: current });
      this.patch({ planning: false, plan, planned: revision, marks: planMarks(plan) });
      return plan;
    } catch (e) {
      this.patch({ planning: false, plan: null, fault: asFault(e), marks: new Map() });
      return null;
    }
  }

  /** Takes the plan off the canvas. */
  dismissPlan(): void {
    this.patch({ plan: null, fault: null, trust: null, marks: new Map() });
  }

  /** Executes the plan. Where the code is not trusted yet the state says so (trust), and the plan can be tried again. */
  async deploy(consent: boolean, trust: boolean): Promise<void> {
    const { plan, current } = this.state.get();
    if (!plan) return;
    this.consented = consent;
    this.trusted = trust;
    this.patch({ fault: null, trust: null });
    try {
      const { job } = await this.bridge.call('deploy', { sandbox: current, plan: plan.id, consent, trust });
      await this.follow(job);
    } catch (e) {
      const fault = asFault(e);
      if (fault.code === 'canceled') return;
      this.patch(this.asksTrust(fault) ? { trust: fault } : { fault });
    }
  }

  /** Tries the plan again, now that a person trusts the code; what was agreed to before still counts. */
  trust(): Promise<void> {
    return this.deploy(this.consented, true);
  }

  private asksTrust(f: Fault): boolean {
    return !this.trusted && f.code === 'denied' && /trust/i.test(`${f.where} ${f.message} ${f.hint}`);
  }

  async destroy(confirm: string): Promise<void> {
    try {
      const { job } = await this.bridge.call('destroy', { sandbox: this.state.get().current, confirm });
      this.patch({ plan: null, fault: null, trust: null, marks: new Map() });
      await this.follow(job);
    } catch (e) {
      const fault = asFault(e);
      if (fault.code !== 'canceled') this.patch({ fault });
    }
  }

  async cancel(): Promise<void> {
    const { run } = this.state.get();
    if (run?.status !== 'running') return;
    try {
      await this.bridge.call('cancel', { job: run.id });
    } catch (e) {
      this.report('Cancel', e);
    }
  }

  /** Replays a job: what came before we listened, or while the stream was interrupted. */
  private async follow(id: string): Promise<void> {
    try {
      const job = await this.bridge.call('job', { job: id });
      this.job(job);
      for (const e of job.events ?? []) this.event(e, true);
    } catch (e) {
      this.report('Progress', e);
    }
  }

  /** After an interruption of the stream: what was missed. */
  async resume(): Promise<void> {
    const { run } = this.state.get();
    if (run?.status === 'running') await this.follow(run.id);
  }

  job(j: Job): void {
    const { run } = this.state.get();
    if (this.ended.has(j.id) && (j.status === 'running' || run?.id !== j.id)) return;
    if (j.status !== 'running') this.ended.add(j.id);
    const fault = j.error ? new Fault(j.error) : null;
    const same = run?.id === j.id;
    this.patch({
      run: {
        id: j.id,
        title: j.title,
        status: j.status,
        events: same ? run.events : [],
        fault: fault ?? (same ? run.fault : null),
      },
    });
    if (j.status === 'running' || (same && run.status !== 'running')) return;
    if (fault && this.asksTrust(fault)) this.patch({ trust: fault, run: null });
    else if (j.status === 'succeeded') this.patch({ plan: null });
    void this.refresh();
  }

  /** Takes an event; replayed ones come from the job itself, which may have let go of its oldest. */
  event(e: AppEvent, replayed = false): void {
    const { run, marks } = this.state.get();
    if (e.job && e.job !== run?.id && this.ended.has(e.job)) return;
    if (e.job && e.job !== run?.id && run?.status !== 'running') {
      // A job that began before this page was loaded.
      if (this.asked !== e.job) void this.follow((this.asked = e.job));
      return;
    }
    if (!run || (e.job && e.job !== run.id)) return;
    const last = run.events.at(-1);
    if (last && e.seq <= last.seq) return;
    if (!replayed && e.seq > (last?.seq ?? 0) + 1) {
      // Something between was missed.
      void this.follow(run.id);
      return;
    }
    // A tick replaces the tick before it.
    const events = last?.type === 'tick' && e.type === 'tick' ? [...run.events.slice(0, -1), e] : [...run.events, e];
    this.patch({ run: { ...run, events }, marks: eventMarks(marks, e) });
  }

  private patch(p: Partial<Deploying>): void {
    this.state.update((s) => ({ ...s, ...p }));
  }
}

/** What a plan paints: the heaviest action of each record's resources. */
export function planMarks(plan: Plan): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const c of plan.changes ?? []) {
    if (!c.node) continue;
    const m = marks.get(c.node);
    if (!m?.action || weight[c.action] > weight[m.action]) {
      marks.set(c.node, { action: c.action, destructive: !!c.destructive || !!m?.destructive });
    } else if (c.destructive) {
      marks.set(c.node, { ...m, destructive: true });
    }
  }
  return marks;
}

/** What an event of a job paints on its record. */
export function eventMarks(marks: ReadonlyMap<string, Mark>, e: AppEvent): ReadonlyMap<string, Mark> {
  if (!e.node || (e.type !== 'resource' && e.level !== 'error')) return marks;
  const status = e.data?.status ?? '';
  const state: Mark['state'] =
    e.level === 'error' || /FAILED|ROLLBACK/.test(status) ? 'failed' : /COMPLETE$/.test(status) ? 'done' : 'busy';
  const before = marks.get(e.node);
  if (before?.state === 'failed' && state !== 'failed') return marks;
  return new Map(marks).set(e.node, { ...before, state, text: e.data?.reason ?? e.text });
}
