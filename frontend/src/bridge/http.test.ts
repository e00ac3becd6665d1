import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault, type Message } from './api';
import { httpBridge } from './http';

/** A page at an address, with the storage of its tab. */
function page(search: string, stored: Record<string, string> = {}) {
  const kept = new Map(Object.entries(stored));
  const replaced: string[] = [];
  vi.stubGlobal('location', { search, pathname: '/' });
  vi.stubGlobal('history', { replaceState: (_: unknown, __: string, to: string) => replaced.push(to) });
  vi.stubGlobal('sessionStorage', {
    getItem: (k: string) => kept.get(k) ?? null,
    setItem: (k: string, v: string) => kept.set(k, v),
  });
  return { kept, replaced };
}

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal('fetch', fetched);
  page('');
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const answers = (body: string, status = 200): void => {
  fetched.mockImplementation(() => Promise.resolve(new Response(body, { status })));
};

const fault = async (p: Promise<unknown>): Promise<Fault> => {
  try {
    await p;
  } catch (e) {
    if (e instanceof Fault) return e;
    throw e;
  }
  throw new Error('no fault');
};

describe('a call', () => {
  it('posts the input with the token, which leaves the address', async () => {
    const p = page('?token=secret&fake');
    answers('{"job":"job-1"}');
    const out = await httpBridge().call('deploy', { sandbox: 'local', plan: 'plan-1', consent: false, trust: true });
    expect(out).toEqual({ job: 'job-1' });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('/rpc/deploy');
    expect(init?.headers).toEqual({ 'Content-Type': 'application/json', 'X-Airloom-Token': 'secret' });
    expect(JSON.parse(init?.body as string)).toEqual({ sandbox: 'local', plan: 'plan-1', consent: false, trust: true });
    expect(p.replaced).toEqual(['/?fake=']);
    expect(p.kept.get('airloom.token')).toBe('secret');
  });

  it('uses the token of the tab after a reload, and none where there is none', async () => {
    page('', { 'airloom.token': 'kept' });
    answers('{}');
    await httpBridge().call('close', {});
    expect(fetched.mock.calls[0]?.[1].headers).toHaveProperty('X-Airloom-Token', 'kept');
    page('');
    await httpBridge().call('close', {});
    expect(fetched.mock.calls[1]?.[1].headers).not.toHaveProperty('X-Airloom-Token');
  });

  it('throws the fault that Go answers', async () => {
    answers('{"code":"conflict","message":"the drawing has moved on","where":"jobs","hint":"look again"}', 409);
    const f = await fault(httpBridge().call('undo', {}));
    expect([f.code, f.message, f.where, f.hint]).toEqual([
      'conflict',
      'the drawing has moved on',
      'jobs',
      'look again',
    ]);
  });

  it.each([
    ['<html>proxy error</html>', 502, 'internal', '<html>proxy error</html>'],
    ['', 500, 'internal', 'the answer was 500'],
    ['null', 503, 'internal', 'the answer was 503'],
    ['{}', 418, 'internal', 'the answer was 418'],
    ['[]', 400, 'internal', 'the answer was 400'],
  ])('makes a fault of %s with %d', async (body, status, code, message) => {
    answers(body, status);
    const f = await fault(httpBridge().call('start', {}));
    expect([f.code, f.message]).toEqual([code, message]);
  });

  it('says that nobody answers', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    const f = await fault(httpBridge().call('start', {}));
    expect(f.code).toBe('unreachable');
    expect(f.hint).not.toBe('');
  });

  it('says so too where the answer breaks off', async () => {
    const broken = new ReadableStream({
      start: (c) => {
        c.error(new Error('reset'));
      },
    });
    fetched.mockResolvedValue(new Response(broken, { status: 200 }));
    expect((await fault(httpBridge().call('start', {}))).code).toBe('unreachable');
  });
});

describe('the event stream', () => {
  const hello = 'data: {"kind":"hello","boot":"b"}\n\n';
  const open = (text: string): Response =>
    new Response(
      new ReadableStream({
        start: (c) => {
          c.enqueue(new TextEncoder().encode(text));
        },
      }),
    );
  const ends = (text: string): Response => new Response(text);
  const listen = () => {
    const heard: Message[] = [];
    const states: boolean[] = [];
    const stop = httpBridge().listen({ message: (m) => heard.push(m), connected: (yes) => states.push(yes) });
    return { heard, states, stop };
  };

  it('comes back by itself, waiting longer each time and short again after it worked', async () => {
    vi.useFakeTimers();
    const waits: number[] = [];
    const at = Date.now();
    const script = [
      () => Promise.reject(new Error('refused')),
      () => Promise.resolve(new Response('no', { status: 403 })),
      () => Promise.reject(new Error('refused')),
      () => Promise.resolve(ends(hello)),
      () => Promise.resolve(open(hello)),
    ];
    let n = 0;
    fetched.mockImplementation(() => {
      waits.push(Date.now() - at);
      return (script[n++] ?? script[4])?.() ?? Promise.reject(new Error());
    });
    const l = listen();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(waits).toEqual([0, 250, 750, 1750, 2000]);
    expect(l.heard).toHaveLength(2);
    expect(l.states).toEqual([false, false, false, true, false, true]);
    l.stop();
  });

  it('never waits longer than five seconds', async () => {
    vi.useFakeTimers();
    fetched.mockRejectedValue(new Error('refused'));
    const l = listen();
    await vi.advanceTimersByTimeAsync(60_000);
    const before = fetched.mock.calls.length;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fetched.mock.calls.length).toBe(before + 1);
    l.stop();
  });

  it('goes on after a message that cannot be read', async () => {
    vi.useFakeTimers();
    fetched.mockResolvedValueOnce(ends('data: {"kind":\n\n')).mockResolvedValue(open(hello));
    const l = listen();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(l.heard.map((m) => m.kind)).toEqual(['hello']);
    l.stop();
  });

  it('ends for good when it is stopped', async () => {
    vi.useFakeTimers();
    let signal: AbortSignal | null | undefined;
    fetched.mockImplementation((_, init) => {
      signal = init.signal;
      return Promise.resolve(open(hello));
    });
    const l = listen();
    await vi.advanceTimersByTimeAsync(100);
    l.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signal?.aborted).toBe(true);
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(l.states).toEqual([true]);
  });
});
