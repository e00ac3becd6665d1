import { describe, expect, it } from 'vitest';
import { lines, parseEvents } from './stream';

/** A stream that brings its bytes in the given pieces, then ends or breaks. */
function body(
  pieces: (string | Uint8Array)[],
  breaks = false,
): { stream: ReadableStream<Uint8Array>; canceled: () => boolean } {
  const encoder = new TextEncoder();
  let canceled = false;
  const rest = [...pieces];
  const stream = new ReadableStream<Uint8Array>({
    pull(c) {
      const p = rest.shift();
      if (p !== undefined) c.enqueue(typeof p === 'string' ? encoder.encode(p) : p);
      else if (breaks) c.error(new Error('connection lost'));
      else c.close();
    },
    cancel() {
      canceled = true;
    },
  });
  return { stream, canceled: () => canceled };
}

async function read(pieces: (string | Uint8Array)[]): Promise<string[]> {
  const out: string[] = [];
  for await (const d of parseEvents(lines(body(pieces).stream))) out.push(d);
  return out;
}

describe('server-sent events', () => {
  it('are read wherever the bytes are cut', async () => {
    const text = 'data: {"n":1}\n\n: still here\n\ndata: {"text":"täglich €\u2028"}\n\n';
    const whole = await read([text]);
    expect(whole).toEqual(['{"n":1}', '{"text":"täglich €\u2028"}']);
    const bytes = new TextEncoder().encode(text);
    for (let i = 1; i < bytes.length; i++) expect(await read([bytes.slice(0, i), bytes.slice(i)])).toEqual(whole);
    expect(await read([...bytes].map((b) => new Uint8Array([b])))).toEqual(whole);
  });

  it('may have several data lines, other fields and CRLF', async () => {
    expect(await read(['event: x\r\nid: 7\r\ndata: a\r\ndata:b\r\n\r\nretry: 5\r\n\r\n'])).toEqual(['a\nb']);
  });

  it('that are not finished are not told', async () => {
    expect(await read(['data: whole\n\ndata: half'])).toEqual(['whole']);
    expect(await read(['data: whole\n\ndata: half\n'])).toEqual(['whole']);
  });

  it('let go of the connection when nobody listens any more', async () => {
    const b = body(['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']);
    for await (const d of parseEvents(lines(b.stream))) {
      expect(d).toBe('1');
      break;
    }
    expect(b.canceled()).toBe(true);
  });

  it('tell of a lost connection', async () => {
    const b = body(['data: 1\n\n'], true);
    const got: string[] = [];
    await expect(async () => {
      for await (const d of parseEvents(lines(b.stream))) got.push(d);
    }).rejects.toThrow('connection lost');
    expect(got).toEqual(['1']);
  });
});
