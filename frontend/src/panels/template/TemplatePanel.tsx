// The template as it stands, following every edit. It is asked for in the background, the newest only, and the one
// before stays until the next is there; lines of what is selected are marked, and a press on a line selects its record.
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { asFault, type Fault, type Template } from '../../bridge/api';
import type { ID } from '../../design/types';
import { useSession } from '../../session/context';
import { useStore, useValue } from '../../session/store';
import { Empty, Segments, Spinner } from '../../ui/controls';
import { CopyButton } from '../parts/Copy';
import { Lines, type LinesHandle } from '../parts/Lines';
import { nameOf } from '../parts/name';
import { FaultNotice } from '../parts/Notice';
import '../parts/parts.css';
import './template.css';
import { outline, parts } from './trace';

type Format = 'json' | 'yaml';

/** What CloudFormation takes. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const limits = { resources: 500, bytes: 1_000_000 };

/** Edits in one breath ask once. */
const settle = 150;

function useTemplate(format: Format): { template: Template | null; of: Format; fault: Fault | null; busy: boolean } {
  const session = useSession();
  const revision = useStore(session.project, (p) => p?.design.revision ?? -1);
  const path = useStore(session.project, (p) => p?.path ?? '');
  const [state, setState] = useState<{ template: Template | null; of: Format; fault: Fault | null; key: string }>({
    template: null,
    of: format,
    fault: null,
    key: '',
  });
  const key = `${path} ${String(revision)} ${format}`;
  const first = useRef(true);
  useEffect(() => {
    let left = false;
    const ask = async (): Promise<void> => {
      try {
        const template = await session.bridge.call('template', { format });
        if (!left) setState({ template, of: format, fault: null, key });
      } catch (e) {
        if (!left) setState((s) => ({ ...s, fault: asFault(e), key }));
      }
    };
    const timer = setTimeout(() => void ask(), first.current ? 0 : settle);
    first.current = false;
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [session, format, key]);
  return { template: state.template, of: state.of, fault: state.fault, busy: state.key !== key };
}

export function TemplatePanel(): ReactElement {
  const session = useSession();
  const format = useStore(session.prefs, (p) => p.format);
  const design = useStore(session.project, (p) => p?.design);
  const selection = useValue(session.selection);
  const { template, of, fault, busy } = useTemplate(format);
  const text = useMemo(() => (template ? outline(template.body, of) : null), [template, of]);
  const lines = useRef<LinesHandle>(null);

  const selected = (entry: string): boolean => !!entry && selection.has(template?.trace[entry] ?? '');
  const firstSelected = text && selection.size > 0 ? text.entries.findIndex(selected) : -1;
  const chosen = [...selection].join(' ');
  useEffect(() => {
    if (firstSelected >= 0) lines.current?.show(firstSelected);
    // The place is shown when the selection changes, not whenever the text moves under the reader.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen, firstSelected >= 0]);

  const go = (entry: string): void => {
    const id: ID | undefined = template?.trace[entry];
    if (id && design && (design.nodes[id] ?? design.edges[id])) session.select([id]);
  };

  const empty = template?.resources === 0;
  return (
    <div className="panel template">
      <div className="panel-bar">
        <Segments
          label="Format"
          value={format}
          options={[
            { value: 'yaml', title: 'YAML' },
            { value: 'json', title: 'JSON' },
          ]}
          onChange={(v) => {
            session.prefs.update((p) => ({ ...p, format: v }));
          }}
        />
        {template && (
          <>
            <Measure
              title="resources"
              value={template.resources}
              limit={limits.resources}
              text={String(template.resources)}
            />
            <Measure title="" value={template.bytes} limit={limits.bytes} text={bytes(template.bytes)} />
            {!!template.units?.length && (
              <span className="panel-fact">
                {template.units.length} {template.units.length === 1 ? 'unit of code' : 'units of code'}
              </span>
            )}
          </>
        )}
        <span className="grow" />
        {busy && <Spinner label="The template is being made" />}
        <CopyButton what="Template" text={template?.body ?? ''} disabled={!template || empty} />
      </div>
      {fault && (
        <FaultNotice
          doing="The template cannot be made"
          fault={fault}
          where={design ? nameOf(design, fault.where) : ''}
        />
      )}
      {empty && !fault ? (
        <Empty icon="template" title="No resources yet">
          Add something to the drawing, and its CloudFormation appears here at once.
        </Empty>
      ) : text ? (
        <Lines
          ref={lines}
          label="Template"
          className={fault ? 'template-old' : ''}
          count={text.lines.length}
          columns={text.columns}
          line={(i) => {
            const entry = text.entries[i] ?? '';
            const p = parts(text.lines[i] ?? '');
            return (
              <div
                key={i}
                className={`line template-line ${selected(entry) ? 'template-selected' : ''}`}
                onClick={() => {
                  if (getSelection()?.isCollapsed !== false) go(entry);
                }}
              >
                <span className="template-number">{i + 1}</span>
                <span className="template-key">{p.key}</span>
                {p.rest}
              </div>
            );
          }}
        />
      ) : (
        !fault && (
          <div className="empty">
            <Spinner label="Loading the template" />
          </div>
        )
      )}
    </div>
  );
}

/** A number against its limit: from four fifths on it warns. */
function Measure({
  title,
  value,
  limit,
  text,
}: {
  title: string;
  value: number;
  limit: number;
  text: string;
}): ReactElement {
  const share = value / limit;
  const most = title ? `${String(limit)} ${title}` : bytes(limit);
  return (
    <span
      className={`panel-fact ${share > 1 ? 'template-over' : share > 0.8 ? 'template-near' : ''}`}
      title={`CloudFormation takes ${most} at most`}
    >
      {text} {title}
      {share > 0.8 && ` of ${most}`}
    </span>
  );
}

function bytes(n: number): string {
  return n < 1000
    ? `${String(n)} B`
    : n < 1_000_000
      ? `${(n / 1000).toFixed(1)} kB`
      : `${(n / 1_000_000).toFixed(2)} MB`;
}
