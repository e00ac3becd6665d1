// All nodes as a table, by the ARIA pattern of grids: sorted by any column, searched, edited in place.
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Field } from '../../catalog/types';
import { rename, setField } from '../../design/edits';
import { readingOrder } from '../../design/select';
import type { ID, NodeRecord } from '../../design/types';
import { useSession } from '../../session/context';
import { useStore, useValue } from '../../session/store';
import { sentence } from '../../session/toasts';
import { Empty } from '../../ui/controls';
import { Icon, KindIcon } from '../../ui/icons';
import { reveal, useRows } from '../../ui/rows';
import '../parts/parts.css';
import { CellEditor } from './CellEditor';
import {
  type Cell,
  type Column,
  columns,
  matching,
  moved,
  type Order,
  type Place,
  rows,
  settings,
  sorted,
  turned,
} from './columns';
import './table.css';

const height = 30;

export function Table({ onGo }: { onGo: (id: ID) => void }): ReactElement {
  const session = useSession();
  const { shelf } = session;
  const design = useStore(session.project, (p) => p?.design);
  const found = useStore(session.project, (p) => p?.found);
  const readOnly = useStore(session.project, (p) => !!p?.readOnly);
  const deployment = useStore(session.deployer.state, (s) => s.deployment);
  const selection = useValue(session.selection);
  const [order, setOrder] = useState<Order | null>(null);
  const [query, setQuery] = useState('');
  const [kind, setKind] = useState('');
  const [at, setAt] = useState<Place>({ row: 1, col: 0 });
  const [editing, setEditing] = useState(false);
  const box = useRef<HTMLDivElement>(null);

  const all = useMemo(() => readingOrder(Object.values(design?.nodes ?? {})), [design]);
  const kinds = useMemo(() => [...new Set(all.map((n) => n.kind))], [all]);
  const nodes = useMemo(() => (kinds.includes(kind) ? all.filter((n) => n.kind === kind) : all), [all, kinds, kind]);
  const cols = useMemo(() => columns(settings(nodes, (k) => shelf.spec(k))), [nodes, shelf]);
  const list = useMemo(() => {
    const status = new Map((deployment?.resources ?? []).map((r) => [r.node ?? '', r.status]));
    const facts = {
      spec: (k: string) => shelf.spec(k),
      groupOf: (n: NodeRecord) => design?.nodes[n.parent ?? '']?.name ?? '',
      found: (id: ID) => {
        const about = found?.get(id) ?? [];
        const counted = about.filter((f) => f.severity !== 'note');
        const errors = counted.filter((f) => f.severity === 'error').length;
        return { errors, warnings: counted.length - errors, text: counted.map((f) => sentence(f.message)).join('\n') };
      },
      status: (id: ID) => status.get(id) ?? '',
    };
    return sorted(matching(rows(nodes, cols, facts), query), order);
  }, [nodes, cols, query, order, design, found, deployment, shelf]);
  const { from, to } = useRows(box, list.length, height);
  const place: Place = { row: Math.min(at.row, list.length), col: Math.min(at.col, cols.length - 1) };

  // What is selected elsewhere is shown, and has the next turn.
  const first = [...selection][0] ?? '';
  const here = list.findIndex((r) => r.node.id === first);
  useLayoutEffect(() => {
    if (here < 0 || box.current?.contains(document.activeElement)) return;
    setAt((p) => ({ ...p, row: here + 1 }));
    reveal(box.current, here, height, height);
    // Only a new selection moves the table, not a new order of it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [first]);

  const focus = (p: Place): void => {
    setAt(p);
    setEditing(false);
    if (p.row > 0) reveal(box.current, p.row - 1, height, height);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[data-turn]')?.focus({ preventScroll: true }));
    const row = list[p.row - 1];
    if (row && p.row !== place.row) onGo(row.node.id);
  };
  const edit = (p: Place): void => {
    const row = list[p.row - 1];
    const col = cols[p.col];
    if (!row || !col || readOnly || !row.cells.get(col.id)?.editable) return;
    setAt(p);
    setEditing(true);
  };
  const keyDown = (e: KeyboardEvent): void => {
    if (editing || e.altKey) return;
    const ctrl = e.ctrlKey || e.metaKey;
    const count = { row: list.length + 1, col: cols.length };
    const to = moved(
      place,
      e.key,
      ctrl,
      count,
      Math.max(1, Math.floor((box.current?.clientHeight ?? 300) / height) - 2),
    );
    if (to) focus(to);
    else if (ctrl) return;
    else if (e.key === 'Enter' || e.key === 'F2') {
      if (place.row > 0) edit(place);
      else setOrder(turned(order, cols[place.col]?.id ?? ''));
    } else if (e.key === ' ' && place.row > 0) {
      const id = list[place.row - 1]?.node.id;
      if (id) onGo(id);
    } else return;
    e.preventDefault();
    e.stopPropagation();
  };

  const keep = (n: NodeRecord, f: Field | undefined, value: unknown): void => {
    if (f) void session.edit(setField(session.design, [n.id], f.name, value), `${f.title.toLowerCase()} of ${n.name}`);
    else if (typeof value === 'string') void session.edit(rename(session.design, n.id, value), `rename ${n.name}`);
  };
  const press = (e: MouseEvent, p: Place, id: ID): void => {
    setAt(p);
    if (editing && (p.row !== place.row || p.col !== place.col)) setEditing(false);
    if (e.ctrlKey || e.metaKey || e.shiftKey) {
      session.select(selection.has(id) ? [...selection].filter((s) => s !== id) : [...selection, id]);
    } else onGo(id);
  };

  if (all.length === 0) {
    return (
      <div className="panel">
        <Empty icon="table" title="Nothing drawn yet">
          Every node is a row here, with its settings in columns.
        </Empty>
      </div>
    );
  }
  // Every row is a grid of its own: the same least width makes their columns meet.
  const grid = {
    gridTemplateColumns: cols
      .map((c) => `minmax(${String(least(c))}px, ${c.id === 'name' ? '1.6fr' : '1fr'})`)
      .join(' '),
    minWidth: cols.reduce((sum, c) => sum + least(c), 0),
  };
  const turn = (row: number, col: number): object =>
    row === place.row && col === place.col ? { 'data-turn': true, tabIndex: 0 } : { tabIndex: -1 };
  return (
    <div className="panel table">
      <div className="panel-bar">
        <input
          className="input"
          type="search"
          placeholder="Filter the rows"
          aria-label="Filter the rows"
          spellCheck={false}
          value={query}
          onChange={(e) => {
            setQuery(e.target.value);
          }}
          onKeyDown={(e) => {
            if (e.key !== 'Escape' || query === '') return;
            setQuery('');
            e.stopPropagation();
          }}
        />
        <select
          className="select"
          aria-label="Kind"
          value={kinds.includes(kind) ? kind : ''}
          onChange={(e) => {
            setKind(e.target.value);
          }}
        >
          <option value="">All kinds</option>
          {kinds.map((k) => (
            <option key={k} value={k}>
              {shelf.spec(k).title}
            </option>
          ))}
        </select>
        <span className="grow" />
        <span className="panel-fact" role="status">
          {list.length === all.length
            ? `${String(all.length)} nodes`
            : `${String(list.length)} of ${String(all.length)} nodes`}
        </span>
      </div>
      <div
        ref={box}
        className="panel-body table-body"
        role="grid"
        aria-label="All nodes"
        aria-rowcount={list.length + 1}
        aria-colcount={cols.length}
        aria-multiselectable="true"
        aria-readonly={readOnly}
        onKeyDown={keyDown}
      >
        <div role="row" aria-rowindex={1} className="table-head" style={{ ...grid, height }}>
          {cols.map((c, i) => (
            <div
              key={c.id}
              role="columnheader"
              aria-colindex={i + 1}
              aria-sort={order?.column !== c.id ? 'none' : order.down ? 'descending' : 'ascending'}
              className={`table-cell ${c.number ? 'table-number' : ''}`}
              {...turn(0, i)}
              onClick={() => {
                setAt({ row: 0, col: i });
                setOrder(turned(order, c.id));
              }}
            >
              {c.title}
              {order?.column === c.id && <span className="table-order">{order.down ? '↓' : '↑'}</span>}
            </div>
          ))}
        </div>
        <div role="none" style={{ height: from * height }} />
        {list.slice(from, to).map((r, k) => {
          const row = from + k + 1;
          return (
            <div
              key={r.node.id}
              role="row"
              aria-rowindex={row + 1}
              aria-selected={selection.has(r.node.id)}
              className="table-row"
              data-row={r.node.id}
              style={{ ...grid, height }}
            >
              {cols.map((c, i) => {
                const cell = r.cells.get(c.id);
                const mine = row === place.row && i === place.col;
                return (
                  <div
                    key={c.id}
                    role={i === 0 ? 'rowheader' : 'gridcell'}
                    aria-colindex={i + 1}
                    aria-readonly={!cell?.editable}
                    aria-invalid={!!c.field && !!cell?.wrong}
                    className={`table-cell ${c.number ? 'table-number' : ''} ${tone(c, cell)}`}
                    title={cell?.wrong ?? undefined}
                    {...turn(row, i)}
                    onClick={(e) => {
                      press(e, { row, col: i }, r.node.id);
                    }}
                    onDoubleClick={() => {
                      edit({ row, col: i });
                    }}
                  >
                    {mine && editing ? (
                      <CellEditor
                        label={`${c.title} of ${r.node.name}`}
                        field={shelf.spec(r.node.kind).fields.find((f) => f.name === c.field?.name)}
                        value={c.field ? r.node.props?.[c.field.name] : r.node.name}
                        onKeep={(value) => {
                          keep(r.node, c.field, value);
                        }}
                        onDone={(by) => {
                          if (by)
                            focus(moved(place, by, false, { row: list.length + 1, col: cols.length }, 1) ?? place);
                          else setEditing(false);
                        }}
                      />
                    ) : (
                      <>
                        {c.id === 'name' && <KindIcon url={shelf.icon(r.node.kind)} size={16} />}
                        {c.field && cell?.wrong && <Icon name="findings" size={12} />}
                        <span className={cell?.quiet ? 'quiet' : ''}>{cell?.text}</span>
                      </>
                    )}
                  </div>
                );
              })}
            </div>
          );
        })}
        <div role="none" style={{ height: (list.length - to) * height }} />
        {list.length === 0 && <p className="quiet table-none">No row matches.</p>}
      </div>
    </div>
  );
}

const least = (c: Column): number =>
  c.id === 'name' ? 170 : c.id === 'kind' || c.id === 'group' ? 130 : c.field ? 110 : 90;

const tone = (c: Column, cell: Cell | undefined): string =>
  c.field && cell?.wrong ? 'table-danger' : cell?.tone ? `table-${cell.tone}` : '';
