// The calls that were made from this page: the newest first, kept while the project is open.
import { asFault, type Bridge, type CallAnswer, type Fault } from '../bridge/api';
import { Store } from './store';

export interface Call {
  id: number;
  at: string;
  sandbox: string;
  node: string;
  payload: string;
  state: 'sent' | 'answered' | 'failed';
  answer: CallAnswer | null;
  fault: Fault | null;
}

const kept = 50;

export class Calls {
  readonly list = new Store<readonly Call[]>([]);
  private readonly bridge: Bridge;
  private next = 1;

  constructor(bridge: Bridge) {
    this.bridge = bridge;
  }

  clear(): void {
    this.list.set([]);
  }

  /** Sends a payload and keeps what came of it. Gives the call's id at once; the list tells the rest. */
  send(sandbox: string, node: string, payload: string): number {
    const call: Call = {
      id: this.next++,
      at: new Date().toISOString(),
      sandbox,
      node,
      payload,
      state: 'sent',
      answer: null,
      fault: null,
    };
    this.list.update((l) => [call, ...l].slice(0, kept));
    void this.run(call);
    return call.id;
  }

  private async run(c: Call): Promise<void> {
    try {
      const answer = await this.bridge.call('call', { sandbox: c.sandbox, node: c.node, payload: c.payload });
      this.put({ ...c, state: answer.error ? 'failed' : 'answered', answer });
    } catch (e) {
      this.put({ ...c, state: 'failed', fault: asFault(e) });
    }
  }

  private put(c: Call): void {
    this.list.update((l) => l.map((o) => (o.id === c.id ? c : o)));
  }
}
