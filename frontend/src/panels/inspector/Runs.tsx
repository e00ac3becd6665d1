// A schedule in words, and the next five times at which it fires.
import type { ReactElement } from 'react';
import { clockOf, nextRuns, parseSchedule, scheduleWords, wallText } from './schedule';

const shown = 5;

/** zone is the one of the form, where it has a field for it. */
export function Runs({ id, value, zone }: { id: string; value: unknown; zone: string }): ReactElement | null {
  const s = typeof value === 'string' ? parseSchedule(value) : '';
  if (typeof s === 'string') return null;
  const clock = clockOf(zone);
  const runs = clock ? nextRuns(s, clock.show(Date.now()), shown, clock.exists) : [];
  return (
    <div id={id} className="field-note runs">
      <p>{scheduleWords(s, zone)}</p>
      {s.type !== 'rate' && clock && (
        <>
          {s.type === 'cron' && runs.length > 0 && <p>Next:</p>}
          {s.type === 'cron' && (
            <ol aria-label="Next runs">
              {runs.map((at) => (
                <li key={at}>{wallText(at)}</li>
              ))}
            </ol>
          )}
          {runs.length === 0 && <p className="field-remark-warning">It never fires any more.</p>}
        </>
      )}
    </div>
  );
}
