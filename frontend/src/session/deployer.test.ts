import { beforeEach, describe, expect, it } from 'vitest';
import { type AppEvent, type Bridge, Fault, type Job, type Operation, type Operations, type Plan } from '../bridge/api';
import { Deployer, eventMarks, planMarks } from './deployer';

type Handler = (op: Operation, input: unknown) => unknown;

const plan = (changes: Plan['changes']): Plan => ({
  id: 'plan-1',
  sandbox: { name: 'local', type: 'local', stack: 's', account: '', region: '', caller: '' },
  method: 'create',
  changes,
  applyable: true,
  bundle: 'b',
});

const event = (seq: number, more: Partial<AppEvent> = {}): AppEvent => ({
  seq,
  time: '',
  job: 'job-1',
  type: 'step',
  text: `step ${String(seq)}`,
  ...more,
});

function setUp(handle: Handler = () => undefined) {
  const asked: [Operation, unknown][] = [];
  const reported: string[] = [];
  let jobs = 0;
  const bridge: Bridge = {
    async call<K extends Operation>(op: K, input: Operations[K]['in']) {
      asked.push([op, input]);
      await Promise.resolve();
      const own = handle(op, input);
      if (op === 'deploy' && !(own instanceof Fault)) jobs++;
      if (own instanceof Fault) throw own;
      const standard: Partial<Record<Operation, unknown>> = {
        sandboxes: { sandboxes: [], current: 'local' },
        deployment: { deployment: null },
        plan: plan([]),
        deploy: { job: `job-${String(jobs)}` },
        destroy: { job: 'job-1' },
        job: {
          id: `job-${String(Math.max(1, jobs))}`,
          title: 'deploy to local',
          status: 'running',
          events: [event(1)],
        } satisfies Job,
      };
      return (own ?? standard[op] ?? {}) as Operations[K]['out'];
    },
    listen: () => () => undefined,
  };
  const d = new Deployer(bridge, (doing) => reported.push(doing));
  return { d, asked, reported, ops: () => asked.map(([op]) => op) };
}

const untrusted = new Fault({
  code: 'denied',
  where: 'trust',
  message: 'this code is not trusted yet',
  hint: 'look at it first',
});

describe('the deployer', () => {
  let s: ReturnType<typeof setUp>;
  beforeEach(() => {
    s = setUp();
  });

  it('plans, deploys to the chosen sandbox and follows the job', async () => {
    await s.d.enter('local');
    await s.d.plan(3);
    await s.d.deploy(true, false);
    expect(s.asked.find(([op]) => op === 'deploy')?.[1]).toEqual({
      sandbox: 'local',
      plan: 'plan-1',
      consent: true,
      trust: false,
    });
    expect(s.d.state.get().run?.events.map((e) => e.seq)).toEqual([1]);
    s.d.event(event(1));
    s.d.event(event(2, { type: 'tick' }));
    s.d.event(event(3, { type: 'tick' }));
    expect(s.d.state.get().run?.events.map((e) => e.seq)).toEqual([1, 3]);
  });

  it('asks for trust when the operation says so, and keeps the plan', async () => {
    let trusted = false;
    s = setUp((op, input) =>
      op === 'deploy' && !(trusted = (input as { trust: boolean }).trust) ? untrusted : undefined,
    );
    await s.d.plan(1);
    await s.d.deploy(true, false);
    expect(s.d.state.get().trust).toBe(untrusted);
    expect(s.d.state.get().plan).not.toBeNull();
    await s.d.trust();
    expect(trusted).toBe(true);
    // The consent that was given before the question still counts.
    expect(s.asked.filter(([op]) => op === 'deploy').at(-1)?.[1]).toMatchObject({ consent: true, trust: true });
    expect(s.d.state.get().trust).toBeNull();
    expect(s.d.state.get().run?.status).toBe('running');
  });

  it('asks for trust when the job ends for want of it', async () => {
    await s.d.plan(1);
    await s.d.deploy(false, false);
    s.d.job({
      id: 'job-1',
      title: 'deploy to local',
      status: 'failed',
      error: { code: 'denied', where: 'trust', message: 'not trusted', hint: '' },
    });
    expect(s.d.state.get().trust?.message).toBe('not trusted');
    expect(s.d.state.get().run).toBeNull();
    await s.d.deploy(false, true);
    s.d.job({
      id: 'job-2',
      title: 'deploy to local',
      status: 'failed',
      error: { code: 'denied', where: 'trust', message: 'not trusted', hint: '' },
    });
    expect(s.d.state.get().trust).toBeNull();
    expect(s.d.state.get().run?.fault?.message).toBe('not trusted');
  });

  it('is not led back by an answer that the stream has overtaken', async () => {
    const denied: Job = {
      id: 'job-1',
      title: 'deploy to local',
      status: 'failed',
      error: { code: 'denied', where: 'trust', message: 'not trusted' },
    };
    s = setUp((op) => {
      // The job ends while its first state is on the way.
      if (op === 'job') queueMicrotask(() => s.d.job(denied));
      return undefined;
    });
    await s.d.plan(1);
    const deployed = s.d.deploy(false, false);
    await Promise.resolve();
    s.d.job(denied);
    s.d.event(event(2, { type: 'done' }));
    await deployed;
    expect(s.d.state.get().trust?.message).toBe('not trusted');
    expect(s.d.state.get().run).toBeNull();
  });

  it('shows any other refusal, and says nothing of a word that was not given', async () => {
    let f = new Fault({ code: 'unsupported', message: 'no such thing here', where: 'bus' });
    s = setUp((op) => (op === 'deploy' ? f : undefined));
    await s.d.plan(1);
    await s.d.deploy(false, false);
    expect(s.d.state.get().fault).toBe(f);
    f = new Fault({ code: 'canceled', message: 'not confirmed' });
    await s.d.plan(1);
    await s.d.deploy(false, false);
    expect(s.d.state.get().fault).toBeNull();
    expect(s.d.state.get().plan).not.toBeNull();
  });

  it('has log lines told once something runs, and not before', async () => {
    s = setUp((op) => (op === 'deployment' ? { deployment: { status: 'CREATE_COMPLETE' } } : undefined));
    await s.d.enter('local');
    expect(s.ops()).toContain('follow');
    s = setUp();
    await s.d.enter('local');
    expect(s.ops()).not.toContain('follow');
  });

  it('asks for what it missed', async () => {
    await s.d.plan(1);
    await s.d.deploy(false, false);
    s.d.event(event(5));
    expect(s.d.state.get().run?.events.map((e) => e.seq)).toEqual([1]);
    expect(s.ops().filter((op) => op === 'job')).toHaveLength(2);
    s.d.event(event(2));
    expect(s.d.state.get().run?.events.map((e) => e.seq)).toEqual([1, 2]);
  });

  it('follows a job that began before the page', async () => {
    s.d.event(event(7));
    s.d.event(event(8));
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(s.ops()).toEqual(['job']);
    expect(s.d.state.get().run?.id).toBe('job-1');
  });

  it('paints the heaviest action, and a failure stays', () => {
    const marks = planMarks(
      plan([
        { node: 'a', logicalId: 'A', type: '', action: 'keep' },
        { node: 'a', logicalId: 'A2', type: '', action: 'add' },
        { node: 'a', logicalId: 'A3', type: '', action: 'update', destructive: true },
        { logicalId: 'X', type: '', action: 'remove' },
      ]),
    );
    expect([...marks]).toEqual([['a', { action: 'add', destructive: true }]]);
    let m = eventMarks(
      marks,
      event(1, { type: 'resource', node: 'a', data: { status: 'CREATE_FAILED', reason: 'no' } }),
    );
    expect(m.get('a')?.state).toBe('failed');
    m = eventMarks(m, event(2, { type: 'resource', node: 'a', data: { status: 'DELETE_COMPLETE' } }));
    expect(m.get('a')).toMatchObject({ state: 'failed', text: 'no' });
  });
});
