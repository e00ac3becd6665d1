// A plan: where it goes, what it changes and why, what it refuses; the person's word for what cannot be taken back.
import { type ReactElement, useState } from 'react';
import type { ActionKind, Fault, Plan, PlanChange } from '../../bridge/api';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { sentence } from '../../session/toasts';
import { Badge, Button } from '../../ui/controls';
import { nameOf, without } from '../parts/name';
import { Notice } from '../parts/Notice';

const actions: readonly { action: ActionKind; sign: string; title: string }[] = [
  { action: 'remove', sign: '-', title: 'removed' },
  { action: 'replace', sign: '±', title: 'replaced' },
  { action: 'update', sign: '~', title: 'changed' },
  { action: 'add', sign: '+', title: 'added' },
  { action: 'keep', sign: '=', title: 'kept' },
];

/** So many changes of one action are shown at once. */
const shownAtOnce = 40;

export function PlanView(props: { plan: Plan; stale: boolean; trust: Fault | null; onPlan: () => void }): ReactElement {
  const { plan } = props;
  const session = useSession();
  const design = useStore(session.project, (p) => p?.design);
  const [consent, setConsent] = useState(false);
  const [starting, setStarting] = useState(false);
  const changes = plan.changes ?? [];
  const refusals = plan.refusals ?? [];
  const destructive = changes.filter((c) => c.destructive);
  const who = plan.sandbox;
  const upToDate = plan.method === 'none';
  const name = (id: string | undefined): string => (design && id ? nameOf(design, id) : '');
  const start = (deploying: Promise<void>): void => {
    setStarting(true);
    void deploying.finally(() => {
      setStarting(false);
    });
  };

  return (
    <section className="plan" aria-label="Plan">
      <dl className="plan-where">
        <Fact title="Stack" value={who.stack} />
        <Fact title="Account" value={who.account} />
        <Fact title="Region" value={who.region} />
        <Fact title="As" value={who.caller} />
        <Fact title="Endpoint" value={who.endpoint ?? ''} />
      </dl>
      {(who.warnings ?? []).map((w) => (
        <Notice key={w} tone="warn">
          {sentence(w)}
        </Notice>
      ))}
      {refusals.map((r, i) => (
        <Notice
          key={i}
          tone="danger"
          action={
            name(r.node) ? (
              <Button
                onClick={() => {
                  session.select([r.node ?? '']);
                }}
              >
                Show
              </Button>
            ) : undefined
          }
        >
          <strong>{name(r.node)}</strong>
          <p>{sentence(without(name(r.node), r.message))}</p>
          {r.hint && <p className="quiet">{sentence(r.hint)}</p>}
        </Notice>
      ))}
      {(plan.notes ?? []).map((n) => (
        <Notice key={n} tone="info">
          {sentence(n)}
        </Notice>
      ))}
      {upToDate && <Notice tone="ok">What is deployed is what is drawn.</Notice>}

      {actions.map((a) => {
        const list = changes.filter((c) => c.action === a.action);
        return list.length > 0 && <Changes key={a.action} {...a} list={list} name={name} />;
      })}

      {props.stale ? (
        <Notice tone="info" action={<Button onClick={props.onPlan}>Plan again</Button>}>
          The drawing has changed since this plan was made.
        </Notice>
      ) : props.trust ? (
        <Notice
          tone="warn"
          action={
            <Button
              look="primary"
              disabled={starting}
              onClick={() => {
                start(session.deployer.trust());
              }}
            >
              Trust and run
            </Button>
          }
        >
          <strong>May this project’s code run on this machine?</strong>
          <p>{sentence(props.trust.message)}</p>
          <p className="quiet">
            {sentence(props.trust.hint)} Its functions run as you, with your files and your network. Say yes only if you
            know where the project comes from.
          </p>
        </Notice>
      ) : (
        plan.applyable &&
        !upToDate && (
          <div className="plan-go">
            {destructive.length > 0 && (
              <label className="plan-consent">
                <input
                  type="checkbox"
                  checked={consent}
                  onChange={(e) => {
                    setConsent(e.target.checked);
                  }}
                />
                <span>
                  I agree that the data of{' '}
                  <strong>{destructive.map((c) => name(c.node) || c.logicalId).join(', ')}</strong> is lost.
                </span>
              </label>
            )}
            <Button
              look={destructive.length > 0 ? 'danger' : 'primary'}
              icon="deploy"
              disabled={starting || (destructive.length > 0 && !consent)}
              onClick={() => {
                start(session.deployer.deploy(consent, false));
              }}
            >
              Deploy to {who.name}
            </Button>
            <Button
              look="ghost"
              disabled={starting}
              onClick={() => {
                session.deployer.dismissPlan();
              }}
            >
              Not now
            </Button>
          </div>
        )
      )}
    </section>
  );
}

function Fact({ title, value }: { title: string; value: string }): ReactElement | null {
  if (value === '') return null;
  return (
    <div>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Changes(props: {
  action: ActionKind;
  sign: string;
  title: string;
  list: readonly PlanChange[];
  name: (id: string | undefined) => string;
}): ReactElement {
  const session = useSession();
  const [open, setOpen] = useState(props.action !== 'keep');
  const [all, setAll] = useState(false);
  return (
    <details
      className="plan-changes"
      open={open}
      onToggle={(e) => {
        setOpen(e.currentTarget.open);
      }}
    >
      <summary className="section-title">
        <span className={`plan-sign plan-${props.action}`} aria-hidden="true">
          {props.sign}
        </span>
        {props.list.length} {props.title}
      </summary>
      {open && (
        <ul>
          {(all ? props.list : props.list.slice(0, shownAtOnce)).map((c) => (
            <li key={c.logicalId} className={c.destructive ? 'plan-destructive' : ''}>
              <button
                type="button"
                disabled={!props.name(c.node)}
                onClick={() => {
                  if (c.node) session.select([c.node]);
                }}
              >
                <span className={`plan-sign plan-${props.action}`} aria-hidden="true">
                  {props.sign}
                </span>
                <span className="plan-text">
                  <strong>{c.logicalId}</strong> <span className="quiet">{c.type}</span>{' '}
                  {c.destructive && <Badge tone="danger">data is lost</Badge>}
                  {(c.reason || (c.properties ?? []).length > 0) && (
                    <span className="plan-reason">
                      {[c.reason, (c.properties ?? []).join(', ')].filter(Boolean).join(' · ')}
                    </span>
                  )}
                </span>
              </button>
            </li>
          ))}
          {!all && props.list.length > shownAtOnce && (
            <li>
              <Button
                look="ghost"
                onClick={() => {
                  setAll(true);
                }}
              >
                Show all {props.list.length}
              </Button>
            </li>
          )}
        </ul>
      )}
    </details>
  );
}
