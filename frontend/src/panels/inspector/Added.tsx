// What a node or a wire adds to the template: resources, permissions, variables. Go compares the template with the one
// that there would be without it.
import { type ReactElement, useEffect, useState } from 'react';
import { asFault, type Delta, type Fault } from '../../bridge/api';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { Spinner } from '../../ui/controls';
import { FaultNotice } from '../parts/Notice';

export function Added({ id }: { id: string }): ReactElement {
  const session = useSession();
  const revision = useStore(session.project, (p) => p?.design.revision ?? -1);
  const [state, setState] = useState<{ delta: Delta | null; fault: Fault | null }>({ delta: null, fault: null });
  useEffect(() => {
    let left = false;
    const ask = async (): Promise<void> => {
      try {
        const delta = await session.bridge.call('delta', { id });
        if (!left) setState({ delta, fault: null });
      } catch (e) {
        const fault = asFault(e);
        // A record that is not saved yet is there with the next revision.
        if (!left && fault.code !== 'not_found') setState({ delta: null, fault });
      }
    };
    const timer = setTimeout(() => void ask(), 100);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [session, id, revision]);

  const { delta, fault } = state;
  if (fault) return <FaultNotice doing="Cannot tell" fault={fault} />;
  if (!delta) return <Spinner label="Comparing templates" />;
  const resources = delta.resources ?? [];
  const statements = delta.statements ?? [];
  const variables = delta.variables ?? [];
  if (resources.length === 0) return <p className="quiet">Nothing: the template is the same without it.</p>;
  return (
    <div className="added">
      <h4>Resources</h4>
      <ul>
        {resources.map((r) => (
          <li key={r.logicalId}>
            <span className={`added-sign added-${r.action}`} aria-label={r.action === 'add' ? 'added' : 'changed'}>
              {r.action === 'add' ? '+' : '~'}
            </span>
            <span className="added-text">
              <strong>{r.logicalId}</strong> <span className="quiet">{r.type}</span>
              {(r.paths ?? []).length > 0 && (
                <span className="quiet mono added-paths">{(r.paths ?? []).join(', ')}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {statements.length > 0 && (
        <>
          <h4>Permissions</h4>
          <ul>
            {statements.map((s, i) => (
              <li key={i}>
                <span className="added-text">
                  <span className="quiet">{s.on} may</span>{' '}
                  <strong className="mono">{(s.actions ?? []).join(', ')}</strong>
                  {(s.resources ?? []).length > 0 && (
                    <>
                      {' '}
                      <span className="quiet">on</span> <span className="mono">{(s.resources ?? []).join(', ')}</span>
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {variables.length > 0 && (
        <>
          <h4>Variables</h4>
          <ul>
            {variables.map((v) => (
              <li key={`${v.on} ${v.name}`}>
                <span className="added-text">
                  <strong className="mono">{v.name}</strong> <span className="quiet">=</span>{' '}
                  <span className="mono">{v.value}</span> <span className="quiet">in {v.on}</span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {delta.text && (
        <details>
          <summary>As CloudFormation</summary>
          <pre className="mono inspector-code" tabIndex={0}>
            {delta.text}
          </pre>
        </details>
      )}
    </div>
  );
}
