// Calling a deployed node: choose it, write a payload, send, read what came back. What was sent stays in the list.
import { type ReactElement, useState } from 'react';
import type { NodeRecord } from '../../design/types';
import { readingOrder } from '../../design/select';
import type { Call } from '../../session/calls';
import { useSession } from '../../session/context';
import { useStore, useValue } from '../../session/store';
import { Badge, Button, Empty, Spinner } from '../../ui/controls';
import { CopyButton } from '../parts/Copy';
import { FaultNotice, Notice } from '../parts/Notice';
import '../parts/parts.css';
import './call.css';

export function CallPanel(): ReactElement {
  const session = useSession();
  const design = useStore(session.project, (p) => p?.design);
  const selection = useValue(session.selection);
  const calls = useValue(session.calls.list);
  const sandbox = useStore(session.deployer.state, (s) => s.current);
  const deployment = useStore(session.deployer.state, (s) => s.deployment);
  const [chosen, setChosen] = useState<string | null>(null);
  const [drafts, setDrafts] = useState<ReadonlyMap<string, string>>(new Map());
  const [shownID, setShown] = useState<number | null>(null);

  const callable = readingOrder(Object.values(design?.nodes ?? {})).filter((n) => session.shelf.spec(n.kind).callable);
  const node: NodeRecord | undefined =
    callable.find((n) => n.id === chosen) ?? callable.find((n) => selection.has(n.id)) ?? callable[0];
  if (!node) {
    return (
      <div className="panel">
        <Empty icon="call" title="Nothing to call">
          Add something that can be called, for instance a function, an API or a queue.
        </Empty>
      </div>
    );
  }
  const sample = pretty(session.shelf.spec(node.kind).sample ?? '{}');
  const payload = drafts.get(node.id) ?? sample;
  const wrong = problem(payload);
  const setPayload = (text: string): void => {
    setDrafts((d) => new Map(d).set(node.id, text));
  };
  const send = (): void => {
    setShown(session.calls.send(sandbox, node.id, payload));
  };
  const shown = calls.find((c) => c.id === shownID) ?? calls[0];
  const isThere = !!deployment?.resources?.some((r) => r.node === node.id);

  return (
    <div className="panel call">
      <div className="call-ask">
        <div className="call-line">
          <select
            className="select"
            aria-label="Node to call"
            value={node.id}
            onChange={(e) => {
              setChosen(e.target.value);
            }}
          >
            {callable.map((n) => (
              <option key={n.id} value={n.id}>
                {n.name} · {session.shelf.spec(n.kind).title}
              </option>
            ))}
          </select>
          <Button look="primary" icon="play" disabled={!isThere} title="Send  Ctrl Enter" onClick={send}>
            Send
          </Button>
        </div>
        {!isThere && (
          <Notice tone="info">
            {deployment
              ? `“${node.name}” is not deployed yet. Deploy the change first.`
              : `Nothing is deployed in ${sandbox} yet. Deploy first.`}
          </Notice>
        )}
        <label className="call-payload">
          <span className="section-title">Payload</span>
          <textarea
            className="area mono"
            spellCheck={false}
            aria-invalid={false}
            aria-describedby="call-payload-note"
            value={payload}
            onChange={(e) => {
              setPayload(e.target.value);
            }}
            onKeyDown={(e) => {
              e.stopPropagation();
              if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && isThere) {
                e.preventDefault();
                send();
              }
            }}
          />
        </label>
        <div className="call-line" id="call-payload-note">
          <span className="quiet">
            {wrong ? `Sent as text: ${wrong}` : `${String(new TextEncoder().encode(payload).length)} bytes of JSON`}
          </span>
          <span className="grow" />
          <Button
            look="ghost"
            disabled={!!wrong || pretty(payload) === payload}
            onClick={() => {
              setPayload(pretty(payload));
            }}
          >
            Format
          </Button>
          <Button
            look="ghost"
            disabled={payload === sample}
            onClick={() => {
              setPayload(sample);
            }}
          >
            Sample
          </Button>
        </div>
      </div>
      <div className="call-answer" aria-live="polite">
        {shown ? (
          <Answer call={shown} name={design?.nodes[shown.node]?.name ?? shown.node} />
        ) : (
          <Empty icon="call" title="No answer yet">
            What comes back is shown here, with the log lines of the call.
          </Empty>
        )}
      </div>
      {calls.length > 0 && (
        <ol className="call-history" aria-label="Calls of this session">
          {calls.map((c) => (
            <li key={c.id}>
              <button
                type="button"
                aria-current={c === shown}
                title="Show the answer and take its payload"
                onClick={() => {
                  setShown(c.id);
                  if (design?.nodes[c.node]) {
                    setChosen(c.node);
                    setDrafts((d) => new Map(d).set(c.node, c.payload));
                  }
                }}
              >
                <Verdict call={c} />
                <span className="call-name">{design?.nodes[c.node]?.name ?? c.node}</span>
                <time dateTime={c.at}>{new Date(c.at).toLocaleTimeString()}</time>
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Verdict({ call }: { call: Call }): ReactElement {
  if (call.state === 'sent') return <Spinner label="Waiting for the answer" />;
  const text = call.fault ? 'failed' : call.answer?.error ? 'error' : String(call.answer?.status ?? '');
  return <Badge tone={call.state === 'failed' || (call.answer?.status ?? 0) >= 400 ? 'danger' : 'ok'}>{text}</Badge>;
}

function Answer({ call, name }: { call: Call; name: string }): ReactElement {
  const a = call.answer;
  if (call.state === 'sent') {
    return (
      <div className="empty">
        <Spinner label="Waiting for the answer" />
        <div>{name} is at work …</div>
      </div>
    );
  }
  if (!a) return <>{call.fault && <FaultNotice doing="The call failed" where={name} fault={call.fault} />}</>;
  const headers = Object.entries(a.header ?? {});
  const body = pretty(a.body);
  return (
    <>
      <div className="call-line">
        <Verdict call={call} />
        <strong>{name}</strong>
        <span className="panel-fact">{duration(a.durationMs)}</span>
        <span className="grow" />
        <CopyButton what="Answer" text={a.body} disabled={a.body === ''} />
      </div>
      {a.error && <Notice tone="danger">The function ended with an error: {a.error}</Notice>}
      <Long label="Answer" text={body} empty="The answer is empty." />
      {headers.length > 0 && (
        <details>
          <summary>
            {headers.length} {headers.length === 1 ? 'header' : 'headers'}
          </summary>
          <dl className="call-headers mono">
            {headers.map(([k, v]) => (
              <div key={k}>
                <dt>{k}</dt>
                <dd>{v}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {a.logTail && (
        <details open>
          <summary>Log of this call</summary>
          <Long label="Log of this call" text={a.logTail} empty="" />
        </details>
      )}
    </>
  );
}

/** So much of an answer is shown at once. */
const shownAtOnce = 20_000;

function Long({ label, text, empty }: { label: string; text: string; empty: string }): ReactElement {
  const [all, setAll] = useState(false);
  if (text === '') return <p className="quiet">{empty}</p>;
  return (
    <>
      <pre className="call-text mono" tabIndex={0} aria-label={label}>
        {all ? text : text.slice(0, shownAtOnce)}
      </pre>
      {!all && text.length > shownAtOnce && (
        <Button
          onClick={() => {
            setAll(true);
          }}
        >
          Show all {text.length.toLocaleString()} characters
        </Button>
      )}
    </>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function problem(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (e) {
    return e instanceof Error ? e.message : String(e);
  }
}

const duration = (ms: number): string =>
  ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
