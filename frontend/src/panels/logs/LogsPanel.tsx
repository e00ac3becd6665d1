// Log lines as they come, of every node or of one, with search. Following stops when a person scrolls up or pauses, and
// goes on at the end.
import { type ReactElement, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { AppEvent } from '../../bridge/api';
import { useSession } from '../../session/context';
import { kept, said } from '../../session/logbook';
import { useStore, useValue } from '../../session/store';
import { Button, Empty, IconButton } from '../../ui/controls';
import { CopyButton } from '../parts/Copy';
import { Lines, type LinesHandle } from '../parts/Lines';
import '../parts/parts.css';
import './logs.css';

/** The filter's value for "the selected nodes". */
const selectedOnes = '*selected';

export function LogsPanel(): ReactElement {
  const session = useSession();
  const log = useValue(session.logbook.log);
  const nodes = useStore(session.project, (p) => p?.design.nodes);
  const deployment = useStore(session.deployer.state, (s) => s.deployment);
  const selection = useValue(session.selection);
  const [node, setNode] = useState('');
  const [text, setText] = useState('');
  const [paused, setPaused] = useState<readonly AppEvent[] | null>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [chosen, setChosen] = useState<AppEvent | null>(null);
  const handle = useRef<LinesHandle>(null);
  const wanted = useDeferredValue(text.trim().toLowerCase());

  const all = paused ?? log.lines;
  const lines = useMemo(
    () =>
      all.filter(
        (e) =>
          (node === '' || (node === selectedOnes ? selection.has(e.node ?? '') : e.node === node)) &&
          (wanted === '' || e.text.toLowerCase().includes(wanted) || (e.data?.requestId ?? '').includes(wanted)),
      ),
    [all, node, wanted, selection],
  );
  const columns = useMemo(() => lines.reduce((most, e) => Math.max(most, e.text.length), 0) + 34, [lines]);
  const follow = atEnd && !paused;
  const count = lines.length;
  useEffect(() => {
    if (follow && count > 0) handle.current?.show(count - 1, 'end');
  }, [follow, count, lines]);

  const speakers = useMemo(() => [...new Set(all.flatMap((e) => e.node ?? []))].sort(), [all]);
  const nameOf = (id: string): string => nodes?.[id]?.name ?? id;
  const waiting = paused ? Math.max(0, log.total - seenAt(paused, log.total, log.lines)) : 0;
  const overfull = log.total > log.lines.length;

  return (
    <div className="panel logs">
      <div className="panel-bar">
        <select
          className="select"
          aria-label="Whose lines"
          value={node}
          onChange={(e) => {
            setNode(e.target.value);
          }}
        >
          <option value="">Every node</option>
          <option value={selectedOnes}>What is selected</option>
          {speakers.map((id) => (
            <option key={id} value={id}>
              {nameOf(id)}
            </option>
          ))}
        </select>
        <input
          className="input logs-search"
          type="search"
          placeholder="Find in the lines"
          aria-label="Find in the lines"
          value={text}
          onChange={(e) => {
            setText(e.target.value);
          }}
          onKeyDown={(e) => {
            e.stopPropagation();
          }}
        />
        <span className="panel-fact" role="status">
          {count === all.length
            ? `${count.toLocaleString()} lines`
            : `${count.toLocaleString()} of ${all.length.toLocaleString()} lines`}
          {overfull && !paused && ` · the last ${kept.toLocaleString()} are kept`}
        </span>
        <span className="grow" />
        {!atEnd && !paused && count > 0 && (
          <Button
            look="ghost"
            icon="down"
            onClick={() => {
              handle.current?.show(count - 1, 'end');
            }}
          >
            Newest
          </Button>
        )}
        <Button
          look="ghost"
          icon={paused ? 'play' : 'stop'}
          aria-pressed={!!paused}
          onClick={() => {
            setPaused(paused ? null : log.lines);
          }}
        >
          {paused ? (waiting > 0 ? `Go on (${waiting.toLocaleString()} new)` : 'Go on') : 'Pause'}
        </Button>
        <CopyButton
          what="Lines"
          text={lines.map((e) => `${e.time} ${nameOf(e.node ?? '')} ${e.text}`).join('\n')}
          disabled={count === 0}
        />
        <IconButton
          icon="trash"
          label="Clear the lines shown here"
          disabled={log.lines.length === 0}
          onClick={() => {
            setPaused(null);
            setChosen(null);
            session.logbook.clear();
          }}
        />
      </div>
      {count === 0 ? (
        all.length > 0 ? (
          <Empty icon="search" title="No line matches">
            {all.length.toLocaleString()} lines are there, none of them fits.
          </Empty>
        ) : (
          <Empty icon="logs" title={deployment ? 'Quiet so far' : 'Nothing is running'}>
            {deployment
              ? 'Lines appear here as your functions print them.'
              : 'Deploy the drawing; what its functions print appears here.'}
          </Empty>
        )
      ) : (
        <Lines
          ref={handle}
          label="Log lines"
          count={count}
          columns={columns}
          onEnd={setAtEnd}
          line={(i) => {
            const e = lines[i];
            if (!e) return null;
            return (
              <div
                key={i}
                className={`line log-line log-${e.level ?? 'info'} ${e === chosen ? 'log-chosen' : ''}`}
                onClick={() => {
                  setChosen(e === chosen ? null : e);
                }}
              >
                <time className="log-time" dateTime={e.time}>
                  {clock(e.time)}
                </time>
                <span className="log-node">{nameOf(e.node ?? '')}</span>
                {said(e.text)}
              </div>
            );
          }}
        />
      )}
      {chosen && (
        <section className="log-detail" aria-label="The chosen line">
          <div className="logs-detail-head">
            <Button
              look="ghost"
              disabled={!chosen.node || !nodes?.[chosen.node]}
              onClick={() => {
                if (chosen.node) session.select([chosen.node]);
              }}
            >
              {nameOf(chosen.node ?? '')}
            </Button>
            <span className="panel-fact">{chosen.time}</span>
            {chosen.data?.requestId && (
              <Button
                look="ghost"
                title="Show the lines of this request"
                onClick={() => {
                  setText(chosen.data?.requestId ?? '');
                }}
              >
                {chosen.data.requestId}
              </Button>
            )}
            <span className="grow" />
            <CopyButton what="Line" text={chosen.text} />
            <IconButton
              icon="close"
              label="Close the line"
              onClick={() => {
                setChosen(null);
              }}
            />
          </div>
          <pre className="mono" tabIndex={0}>
            {pretty(said(chosen.text))}
          </pre>
        </section>
      )}
    </div>
  );
}

/** How many lines had come when the paused view was taken. */
function seenAt(paused: readonly AppEvent[], total: number, now: readonly AppEvent[]): number {
  const last = paused.at(-1);
  const i = last ? now.lastIndexOf(last) : -1;
  return i < 0 ? total - now.length : total - (now.length - 1 - i);
}

/** Hours, minutes, seconds and thousandths, in the person's time zone. */
function clock(time: string): string {
  const d = new Date(time);
  if (Number.isNaN(d.getTime())) return time;
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, '0')}`;
}

/** A line of JSON is shown over several lines. */
function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
