// What the drawing becomes: the resources of the generated template by the record that they come from. Asked for only while
// somebody looks, and again when an edit is saved.
import type { Template } from '../bridge/api';
import type { ID } from '../design/types';
import type { Session } from '../session/session';
import { Store } from '../session/store';

export interface Resource {
  logicalId: string;
  type: string;
  /** The last part of the type: "Role". */
  short: string;
}

export type ByRecord = ReadonlyMap<ID, readonly Resource[]>;

/** The resources of a template by record; its trace names outputs too, which are none. */
export function byRecord(t: Pick<Template, 'body' | 'trace'>): ByRecord {
  const { Resources: all = {} } = JSON.parse(t.body) as { Resources?: Record<string, { Type?: string }> };
  const out = new Map<ID, Resource[]>();
  for (const [logicalId, r] of Object.entries(all)) {
    const id = t.trace[logicalId];
    if (!id) continue;
    const list = out.get(id) ?? [];
    const type = r.Type ?? '';
    list.push({ logicalId, type, short: type.slice(type.lastIndexOf(':') + 1) });
    out.set(id, list);
  }
  return out;
}

/** Edits that follow one another at once are asked about once. */
const pause = 200;

export class Resources {
  readonly found = new Store<ByRecord>(new Map());
  private readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  /** Looks at the drawing until the given function is called. */
  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = '';
    let ended = false;
    const ask = async (now: string): Promise<void> => {
      try {
        const t = await this.session.bridge.call('template', { format: 'json' });
        if (!ended && now === asked) this.found.set(byRecord(t));
      } catch {
        // A drawing that cannot be generated says so in its findings; what it was last stays.
        asked = '';
      }
    };
    const look = (): void => {
      const p = this.session.project.get();
      if (p?.saving.state !== 'saved') return;
      const now = `${p.path} ${String(p.design.revision)}`;
      if (now === asked) return;
      asked = now;
      clearTimeout(timer);
      timer = setTimeout(() => void ask(now), this.found.get().size > 0 ? pause : 0);
    };
    look();
    const stop = this.session.project.subscribe(look);
    return () => {
      ended = true;
      clearTimeout(timer);
      stop();
      this.found.set(new Map());
    };
  }
}
