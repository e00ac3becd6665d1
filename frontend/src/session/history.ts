// The history of the drawing: its versions as a time line, the difference between two of them, and what that paints.
import { asFault, type Bridge, type Comparison, type Fault, type Version } from '../bridge/api';
import type { Mark } from './deployer';
import { Store } from './store';

export interface Past {
  /** Newest first; null before they were asked for. */
  versions: readonly Version[] | null;
  more: boolean;
  fault: Fault | null;
  comparison: Comparison | null;
  marks: ReadonlyMap<string, Mark>;
}

const nothing: Past = { versions: null, more: false, fault: null, comparison: null, marks: new Map() };

export class History {
  readonly state = new Store<Past>(nothing);
  private readonly bridge: Bridge;
  private asked = 0;

  constructor(bridge: Bridge) {
    this.bridge = bridge;
  }

  leave(): void {
    this.asked++;
    this.state.set(nothing);
  }

  /** Asks for the newest versions; those that were shown already stay. */
  async load(): Promise<void> {
    const mine = ++this.asked;
    try {
      const { versions, more } = await this.bridge.call('history', {});
      if (mine !== this.asked) return;
      const oldest = versions.at(-1)?.version ?? 0;
      const older = (this.state.get().versions ?? []).filter((v) => v.version < oldest);
      this.patch({
        versions: [...versions, ...older],
        more: older.length > 0 ? this.state.get().more : more,
        fault: null,
      });
    } catch (e) {
      if (mine === this.asked) this.patch({ fault: asFault(e) });
    }
  }

  /** Asks for those before the oldest that is shown. */
  async older(): Promise<void> {
    const before = this.state.get().versions?.at(-1)?.version;
    if (before === undefined) return;
    const mine = ++this.asked;
    try {
      const { versions, more } = await this.bridge.call('history', { before });
      if (mine === this.asked) this.patch({ versions: [...(this.state.get().versions ?? []), ...versions], more });
    } catch (e) {
      if (mine === this.asked) this.patch({ fault: asFault(e) });
    }
  }

  /** Compares two versions and paints the difference. */
  async compare(from: number, to: number): Promise<void> {
    const mine = ++this.asked;
    try {
      const comparison = await this.bridge.call('compare', { from, to });
      if (mine === this.asked) this.patch({ comparison, marks: changeMarks(comparison), fault: null });
    } catch (e) {
      if (mine === this.asked) this.patch({ fault: asFault(e) });
    }
  }

  /** Takes the difference off the canvas. */
  done(): void {
    this.asked++;
    this.patch({ comparison: null, marks: new Map() });
  }

  private patch(p: Partial<Past>): void {
    this.state.update((s) => ({ ...s, ...p }));
  }
}

const actions = { added: 'add', changed: 'update', removed: 'remove' } as const;

/** What a difference paints on its records; settings are on no record. */
export function changeMarks(c: Comparison): Map<string, Mark> {
  const since = `since version ${String(c.from)}`;
  return new Map(
    c.changes
      .filter((x) => x.what !== 'setting')
      .map((x): [string, Mark] => [
        x.id,
        {
          action: actions[x.action],
          said: [`${x.action} ${since}`, ...(x.details ?? [])].join(', '),
          ...(x.action === 'removed' ? { text: x.name } : {}),
        },
      ]),
  );
}
