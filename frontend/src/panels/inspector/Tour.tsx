// The first minutes, one step at a time, at the foot of the properties: it covers nothing and stops nobody. It is put away
// for good, and comes back from the help menu.
import { type ReactElement, useEffect } from 'react';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { Button, IconButton } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { nextStep, type StepID, steps } from './steps';

export function Tour(): ReactElement | null {
  const session = useSession();
  const shown = useStore(session.prefs, (p) => p.tour);
  return shown ? <Steps /> : null;
}

function Steps(): ReactElement {
  const session = useSession();
  const design = useStore(session.project, (p) => p?.design);
  const template = useStore(session.prefs, (p) => p.templateSeen);
  const reading = useStore(session.prefs, (p) => p.dock && p.dockTab === 'template');
  const deployed = useStore(session.deployer.state, (s) => s.deployment !== null);
  const called = useStore(session.calls.list, (l) => l.some((c) => c.state === 'answered'));
  useEffect(() => {
    if (reading) session.prefs.update((p) => (p.templateSeen ? p : { ...p, templateSeen: true }));
  }, [session, reading]);

  const facts = {
    nodes: Object.keys(design?.nodes ?? {}).length,
    wires: Object.keys(design?.edges ?? {}).length,
    template,
    deployed,
    called,
  };
  const step = nextStep(facts);
  return (
    <section className="tour" aria-label="First steps">
      <div className="tour-head">
        <ol className="tour-steps" aria-label="Steps">
          {steps.map((s) => (
            <li
              key={s.id}
              aria-current={s === step ? 'step' : undefined}
              aria-label={`${s.title}, ${s.done(facts) ? 'done' : 'to do'}`}
            >
              {s.done(facts) && <Icon name="check" size={12} />}
              {s.title}
            </li>
          ))}
        </ol>
        <IconButton
          icon="close"
          size={14}
          label="Put the first steps away"
          onClick={() => {
            session.prefs.update((p) => ({ ...p, tour: false }));
          }}
        />
      </div>
      <p aria-live="polite">
        {step ? step.text : 'That is all: drawn, deployed and called. The first steps come back from the help menu.'}
      </p>
      {step?.show && (
        <Button
          onClick={() => {
            lead(session.prefs, step.id);
          }}
        >
          {step.show}
        </Button>
      )}
    </section>
  );
}

/** Shows the place of a step and gives it the keyboard. */
function lead(prefs: ReturnType<typeof useSession>['prefs'], id: StepID): void {
  if (id === 'wire') return;
  if (id === 'palette') prefs.update((p) => ({ ...p, palette: true, leftTab: 'palette' }));
  else prefs.update((p) => ({ ...p, dock: true, dockTab: id }));
  const place = id === 'palette' ? '#left-panel' : '#dock-panel';
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(`${place} :is(input, select, textarea, button)`)?.focus();
  });
}
