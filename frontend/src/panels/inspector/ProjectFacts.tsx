// Nothing is selected: what the project is, in a few lines.
import type { ReactElement } from 'react';
import type { Finding } from '../../bridge/api';
import { useSession } from '../../session/context';
import { useStore, useValue } from '../../session/store';
import { KindIcon } from '../../ui/icons';
import { Notice } from '../parts/Notice';

export function ProjectFacts(): ReactElement | null {
  const session = useSession();
  const p = useValue(session.project);
  const current = useStore(session.deployer.state, (s) => s.current);
  const deployment = useStore(session.deployer.state, (s) => s.deployment);
  if (!p) return null;
  const nodes = Object.values(p.design.nodes);
  const counts = new Map<string, number>();
  for (const n of nodes) counts.set(n.kind, (counts.get(n.kind) ?? 0) + 1);
  return (
    <>
      <header className="inspector-head">
        <div className="inspector-title">
          <h2>{p.name}</h2>
          <p className="inspector-kind mono">{p.path}</p>
        </div>
      </header>
      {p.readOnly && (
        <div className="inspector-pad">
          <Notice tone="warn">Nothing can be changed here: {p.readOnly}.</Notice>
        </div>
      )}
      <dl className="facts inspector-pad">
        <div>
          <dt>Drawing</dt>
          <dd>
            {nodes.length} {nodes.length === 1 ? 'node' : 'nodes'}, {Object.keys(p.design.edges).length} wires, revision{' '}
            {p.design.revision}
          </dd>
        </div>
        <div>
          <dt>Saved</dt>
          <dd>
            {p.saving.state === 'saved'
              ? 'Everything'
              : p.saving.state === 'saving'
                ? 'Saving …'
                : `Not saved: ${p.saving.reason}`}
          </dd>
        </div>
        <div>
          <dt>Findings</dt>
          <dd>{p.findings.length === 0 ? 'None' : counted(p.findings)}</dd>
        </div>
        <div>
          <dt>Sandbox</dt>
          <dd>
            {current}
            {deployment ? `, ${deployment.status.toLowerCase().replace(/_/g, ' ')}` : ', nothing deployed'}
          </dd>
        </div>
      </dl>
      {counts.size > 0 && (
        <ul className="inspector-counts inspector-pad">
          {[...counts]
            .sort((a, b) => b[1] - a[1])
            .map(([kind, n]) => (
              <li key={kind}>
                <button
                  type="button"
                  title={`Select every ${session.shelf.spec(kind).title}`}
                  onClick={() => {
                    session.select(nodes.filter((x) => x.kind === kind).map((x) => x.id));
                  }}
                >
                  <KindIcon url={session.shelf.icon(kind)} size={16} /> {n} × {session.shelf.spec(kind).title}
                </button>
              </li>
            ))}
        </ul>
      )}
      <p className="quiet inspector-pad">Select a node or a wire to see and change its properties.</p>
    </>
  );
}

/** "1 error, 2 warnings". */
function counted(findings: readonly Finding[]): string {
  return (['error', 'warning', 'note'] as const)
    .flatMap((s) => {
      const n = findings.filter((f) => f.severity === s).length;
      return n === 0 ? [] : [`${String(n)} ${s}${n === 1 ? '' : 's'}`];
    })
    .join(', ');
}
