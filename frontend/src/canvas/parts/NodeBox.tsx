import type { NodeProps } from '@xyflow/react';
import { memo, type ReactElement, useRef } from 'react';
import { summary } from '../../catalog/summary';
import { boxHeight } from '../../design/geometry';
import type { NodeRecord } from '../../design/types';
import { useStore } from '../../session/store';
import { Icon, KindIcon } from '../../ui/icons';
import type { Gesture } from '../board';
import type { Box } from '../boxes';
import { useBoard } from '../context';
import './boxes.css';
import { FindingBadge, LastLog, MarkBadge, markClass, markWords, StateDot, useFindings, useMark } from './Paint';
import { Ports } from './Ports';
import { Rename } from './Rename';
import { useTurn } from './turn';

/** What a wire in the hand means for a node. */
function wiring(g: Gesture | null, id: string): string {
  if (g?.kind !== 'connect' || g.phase !== 'dragging') return '';
  if (g.node === id && g.over?.node !== id) return 'source';
  const legal = (g.targets.get(id)?.ways.length ?? 0) > 0;
  if (g.over?.node !== id) return legal ? `legal takes-${g.dir === 'out' ? 'in' : 'out'}` : 'illegal';
  return (g.verdict?.ways.length ?? 0) > 0 ? 'legal over' : 'illegal over';
}

/** A node: its kind's icon, its name, what it is and how it is set up, and what is known of it. */
export const NodeBox = memo(
  function NodeBox({ data: { record } }: NodeProps<Box>): ReactElement {
    const board = useBoard();
    const { session } = board;
    const { id } = record;
    const ref = useRef<HTMLDivElement>(null);
    useTurn(id, ref);
    const selected = useStore(session.selection, (s) => s.has(id));
    const renaming = useStore(board.renaming, (r) => r === id);
    const wired = useStore(board.gesture, (g) => wiring(g, id));
    const findings = useFindings(id);
    const mark = useMark(id);
    const { shelf } = session;
    const spec = shelf.spec(record.kind);
    const info = summary(spec, record.props);
    return (
      <div
        ref={ref}
        className={`box ${selected ? 'selected' : ''} ${wired} ${markClass(mark)}`}
        data-node={id}
        tabIndex={-1}
        role="group"
        aria-label={describe(record, [
          spec.title,
          info,
          selected ? 'selected' : '',
          mark ? markWords(mark) : '',
          ...findings.map((f) => `${f.severity}: ${f.message}`),
        ])}
      >
        <KindIcon url={shelf.icon(record.kind)} size={36} />
        <div className="box-text">
          {renaming ? (
            <Rename id={id} value={record.name} label="Name" />
          ) : (
            <div className="box-name">
              <span>{record.name}</span>
              {record.locked && <Icon name="lock" size={12} />}
              <StateDot id={id} />
            </div>
          )}
          <div className="box-kind">{spec.title}</div>
          {info && <div className="box-info">{info}</div>}
        </div>
        <Ports spec={spec} height={boxHeight} />
        {mark && <MarkBadge mark={mark} />}
        <FindingBadge findings={findings} />
        <LastLog id={id} />
      </div>
    );
  },
  (a, b) => a.data === b.data,
);

/** How a screen reader names a record. */
export const describe = (n: NodeRecord, parts: readonly string[]): string =>
  [n.name, ...parts, n.locked ? 'locked' : ''].filter(Boolean).join(', ');
