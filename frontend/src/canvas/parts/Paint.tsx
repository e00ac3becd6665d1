// What the session knows of a record, painted on it: findings, the plan, the deployment, the last log line.
import { memo, type ReactElement } from 'react';
import type { Deployment, Finding } from '../../bridge/api';
import type { ID } from '../../design/types';
import type { Mark } from '../../session/deployer';
import { useStore } from '../../session/store';
import { Icon } from '../../ui/icons';
import { useBoard } from '../context';
import './paint.css';

const nothing: readonly Finding[] = [];

export function useFindings(id: ID): readonly Finding[] {
  return useStore(useBoard().session.project, (p) => p?.found.get(id) ?? nothing);
}

export function useMark(id: ID): Mark | undefined {
  return useStore(useBoard().session.marks, (m) => m.get(id));
}

/** How many findings a record has, colored by the worst. */
export function FindingBadge({ findings }: { findings: readonly Finding[] }): ReactElement | null {
  const worst = findings[0];
  if (!worst || worst.severity === 'note') return null;
  const counted = findings.filter((f) => f.severity !== 'note');
  return (
    <span className={`finding finding-${worst.severity}`} title={counted.map((f) => f.message).join('\n')}>
      {counted.length}
    </span>
  );
}

export const actionSigns = { add: '+', update: '~', replace: '±', remove: '−', keep: '=' } as const;
const actionWords = {
  add: 'will be added',
  update: 'will be changed',
  replace: 'will be replaced',
  remove: 'will be removed',
  keep: 'stays as it is',
} as const;
const stateWords = { busy: 'in progress', done: 'done', failed: 'failed' } as const;

/** A mark in words. */
export const markWords = (m: Mark): string =>
  m.said ??
  [
    m.state ? stateWords[m.state] : m.action ? actionWords[m.action] : '',
    m.destructive && !m.state ? 'data is lost' : '',
    m.text ?? '',
  ]
    .filter(Boolean)
    .join(', ');

/** The classes of a mark: how a record is colored. */
export const markClass = (m: Mark | undefined): string =>
  m
    ? `marked ${m.state ? `mark-${m.state}` : `mark-${m.action ?? ''}`} ${m.destructive ? 'mark-destructive' : ''}`
    : '';

export function MarkBadge({ mark }: { mark: Mark }): ReactElement {
  return (
    <span className="mark" title={markWords(mark)}>
      {mark.state === 'busy' ? (
        <span className="mark-spin" />
      ) : mark.state === 'done' ? (
        <Icon name="check" size={13} />
      ) : mark.state === 'failed' ? (
        '!'
      ) : (
        actionSigns[mark.action ?? 'keep']
      )}
    </span>
  );
}

// A deployment's resources by record: the worst status of each, computed once per deployment.
const statuses = new WeakMap<Deployment, Map<ID, string>>();

function statusOf(d: Deployment | null, id: ID): string {
  if (!d) return '';
  let map = statuses.get(d);
  if (!map) {
    map = new Map();
    for (const r of d.resources ?? []) {
      if (r.node && !/FAILED/.test(map.get(r.node) ?? '')) map.set(r.node, r.status);
    }
    statuses.set(d, map);
  }
  return map.get(id) ?? '';
}

/** A dot on what is deployed. */
export function StateDot({ id }: { id: ID }): ReactElement | null {
  const { deployer } = useBoard().session;
  const status = useStore(deployer.state, (s) => statusOf(s.deployment, id));
  const sandbox = useStore(deployer.state, (s) => s.current);
  if (!status) return null;
  const failed = status.includes('FAILED');
  return (
    <span
      className={`dot ${failed ? 'dot-failed' : ''}`}
      title={`${failed ? 'Failed' : 'Deployed'} in ${sandbox}: ${status}`}
    />
  );
}

/** The last thing that a node logged. */
export const LastLog = memo(function LastLog({ id }: { id: ID }): ReactElement | null {
  const line = useStore(useBoard().session.logbook.log, (l) => l.last.get(id));
  if (!line) return null;
  return (
    <span className={`last-log ${line.level === 'error' ? 'last-log-error' : ''}`} title={line.text} key={line.seq}>
      {line.text}
    </span>
  );
});
