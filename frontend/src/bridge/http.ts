// The bridge over HTTP: POST /rpc/<operation>, GET /events as server-sent events. The token of this launch comes in the
// page's address once; it is kept for the tab and taken out of the address.
import { type Bridge, Fault, type FaultBody, type Message, type Operation, type Operations } from './api';
import { lines, parseEvents } from './stream';

const tokenKey = 'airloom.token';
const tokenHeader = 'X-Airloom-Token';

/** Takes the token out of the address, or remembers the tab's. */
function takeToken(): string {
  const query = new URLSearchParams(location.search);
  const given = query.get('token');
  if (given) {
    sessionStorage.setItem(tokenKey, given);
    query.delete('token');
    const rest = query.toString();
    history.replaceState(null, '', location.pathname + (rest ? `?${rest}` : ''));
  }
  return given ?? sessionStorage.getItem(tokenKey) ?? '';
}

export function httpBridge(): Bridge {
  const token = takeToken();
  const headers = (more: Record<string, string> = {}): Record<string, string> =>
    token ? { ...more, [tokenHeader]: token } : more;

  return {
    async call<K extends Operation>(op: K, input: Operations[K]['in']): Promise<Operations[K]['out']> {
      let answer: Response;
      let text: string;
      try {
        answer = await fetch(`/rpc/${op}`, {
          method: 'POST',
          headers: headers({ 'Content-Type': 'application/json' }),
          body: JSON.stringify(input),
        });
        text = await answer.text();
      } catch {
        throw new Fault({
          code: 'unreachable',
          message: 'Airloom does not answer',
          hint: 'check that it still runs; the page goes on by itself when it does',
        });
      }
      const body = (text ? parse(text) : {}) as unknown;
      if (!answer.ok) throw new Fault(faultBody(body, answer.status));
      return body as Operations[K]['out'];
    },

    listen({ message, connected }) {
      let stopped = false;
      let wait = 250;
      let abort = new AbortController();
      const run = async (): Promise<void> => {
        while (!stopped) {
          abort = new AbortController();
          try {
            const answer = await fetch('/events', { headers: headers(), signal: abort.signal });
            if (!answer.ok || !answer.body) throw new Error(`events: ${String(answer.status)}`);
            for await (const data of parseEvents(lines(answer.body))) {
              wait = 250;
              connected(true);
              message(JSON.parse(data) as Message);
            }
          } catch {
            // An interruption; the next round tries again.
          }
          if (stopped) return;
          connected(false);
          await new Promise((done) => setTimeout(done, wait));
          wait = Math.min(wait * 2, 5000);
        }
      };
      void run();
      return () => {
        stopped = true;
        abort.abort();
      };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { code: 'internal', message: text.slice(0, 300) };
  }
}

function faultBody(body: unknown, status: number): FaultBody {
  const b = body as Partial<FaultBody> | null;
  return {
    code: b?.code ?? 'internal',
    message: b?.message ?? `the answer was ${String(status)}`,
    where: b?.where ?? '',
    hint: b?.hint ?? '',
  };
}
