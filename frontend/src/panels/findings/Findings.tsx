// What is wrong with the drawing and what could be better, the gravest first; a press goes to the place.
import { type ReactElement, useState } from 'react';
import type { Finding, Severity } from '../../bridge/api';
import type { Design, ID } from '../../design/types';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { sentence } from '../../session/toasts';
import { Badge, Button, Empty } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { External } from '../parts/External';
import { nameOf, without } from '../parts/name';
import '../parts/parts.css';
import './findings.css';

const sections: readonly { severity: Severity; title: string; tone: 'danger' | 'warn' | 'accent'; what: string }[] = [
  { severity: 'error', title: 'Errors', tone: 'danger', what: 'must be solved before anything is deployed' },
  { severity: 'warning', title: 'Warnings', tone: 'warn', what: 'will likely hurt' },
  { severity: 'note', title: 'Notes', tone: 'accent', what: 'good to know' },
];

/** So many are shown at once; nobody reads more. */
const shownAtOnce = 100;

export function Findings({ onGo }: { onGo: (id: ID) => void }): ReactElement {
  const session = useSession();
  const findings = useStore(session.project, (p) => p?.findings) ?? [];
  const design = useStore(session.project, (p) => p?.design);
  const [all, setAll] = useState(false);

  if (findings.length === 0) {
    return (
      <div className="panel findings">
        <Empty icon="check" title="Nothing to report">
          The drawing is checked after every change. What is found is listed here and marked where it is.
        </Empty>
      </div>
    );
  }
  let left = all ? Infinity : shownAtOnce;
  return (
    <div className="panel findings">
      <div className="panel-body">
        {sections.map((s) => {
          const list = findings.filter((f) => f.severity === s.severity);
          const shown = list.slice(0, left);
          left -= shown.length;
          if (shown.length === 0) return null;
          return (
            <section key={s.severity} aria-label={s.title}>
              <h3 className="section-title findings-title">
                {s.title} <Badge tone={s.tone}>{list.length}</Badge>
                <span className="quiet">{s.what}</span>
              </h3>
              <ul>
                {shown.map((f, i) => (
                  <Item
                    key={`${f.rule} ${f.node ?? ''} ${f.field ?? ''} ${String(i)}`}
                    finding={f}
                    design={design}
                    onGo={onGo}
                  />
                ))}
              </ul>
            </section>
          );
        })}
        {!all && findings.length > shownAtOnce && (
          <p className="findings-more">
            <Button
              onClick={() => {
                setAll(true);
              }}
            >
              Show all {findings.length}
            </Button>
          </p>
        )}
      </div>
    </div>
  );
}

function Item({
  finding: f,
  design,
  onGo,
}: {
  finding: Finding;
  design: Design | undefined;
  onGo: (id: ID) => void;
}): ReactElement {
  const where = f.node && design ? nameOf(design, f.node) : '';
  const text = (
    <>
      <span className="found-message">{sentence(without(where, f.message))}</span>
      {f.hint && <span className="found-hint">{sentence(f.hint)}</span>}
    </>
  );
  return (
    <li className={`found found-${f.severity}`}>
      <Icon name={f.severity === 'note' ? 'info' : 'findings'} size={15} />
      <div className="found-body">
        {where && f.node ? (
          <button
            type="button"
            className="found-go"
            onClick={() => {
              onGo(f.node ?? '');
            }}
          >
            <strong>{where}</strong>
            {text}
          </button>
        ) : (
          <div className="found-go">{text}</div>
        )}
        <span className="found-rule">{f.source ? <External url={f.source}>{f.rule}</External> : f.rule}</span>
      </div>
    </li>
  );
}
