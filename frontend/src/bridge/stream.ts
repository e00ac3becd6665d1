// Reading server-sent events from a byte stream (https://html.spec.whatwg.org/multipage/server-sent-events.html).
// Not EventSource: that one sends no header, and gives up for good on some failures.

/** The lines of a byte stream. */
export async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const parts = rest.split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The data of each event; comments and other fields are passed over. */
export async function* parseEvents(from: AsyncIterable<string>): AsyncGenerator<string> {
  let data: string[] = [];
  for await (const line of from) {
    if (line === '') {
      if (data.length > 0) yield data.join('\n');
      data = [];
    } else if (line.startsWith('data:')) {
      data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    }
  }
}
