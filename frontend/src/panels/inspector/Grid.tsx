// Lists, maps and tables: rows of one or more columns that can be added and taken away. While it is edited a row may be
// unfinished (a name missing, a name twice); it stays where it is, and what is wrong with it is said.
import { type ReactElement, useId, useRef, useState } from 'react';
import type { Field } from '../../catalog/types';
import { problem } from '../../catalog/fields';
import { equal } from '../../design/equal';
import { IconButton } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { Editor } from './editors';
import { type Row, shapeOf } from './shape';

export function Grid(props: {
  field: Field;
  value: unknown;
  label: string;
  disabled: boolean;
  onChange: (value: unknown) => void;
}): ReactElement {
  const shape = shapeOf(props.field);
  // Unfinished rows are nowhere but here; once the value changes by another hand, it counts.
  const [draft, setDraft] = useState<{ rows: Row[]; made: unknown } | null>(null);
  const rows = draft && equal(draft.made, props.value) ? draft.rows : shape.rows(props.value);
  const box = useRef<HTMLDivElement>(null);
  const name = useId();
  const stacked =
    shape.columns.length > 2 ||
    shape.columns.some((c) => ['longtext', 'json', 'code', 'rows', 'list', 'map'].includes(c.type));

  const put = (next: Row[]): void => {
    const made = shape.value(next);
    setDraft({ rows: next, made });
    if (!equal(made, props.value)) props.onChange(made);
  };
  const focusRow = (i: number): void => {
    requestAnimationFrame(() => {
      const row = box.current?.querySelectorAll<HTMLElement>(':scope > .grid-row')[i];
      (
        row?.querySelector<HTMLElement>('input, select, textarea') ??
        box.current?.querySelector<HTMLElement>('.grid-add')
      )?.focus();
    });
  };
  const names = props.field.type === 'map' ? rows.map((r) => r.name) : [];

  return (
    <div ref={box} className={`grid ${stacked ? 'grid-stacked' : ''}`} role="group" aria-label={props.label}>
      {rows.map((row, i) => (
        <div key={i} className="grid-row" role="group" aria-label={`${props.label}, row ${String(i + 1)}`}>
          <div className="grid-cells">
            {shape.columns.map((c) => {
              const twice = c.name === 'name' && names.indexOf(row.name) < i && names.includes(row.name);
              const wrong = twice
                ? 'This name is there already; the last one counts.'
                : row[c.name] === undefined && !c.required
                  ? null
                  : problem(c, row[c.name] ?? c.default);
              const id = `${name}-${String(i)}-${c.name}`;
              return (
                <div key={c.name} className="grid-cell">
                  {stacked && <label htmlFor={id}>{c.title}</label>}
                  <Editor
                    id={id}
                    field={c}
                    value={row[c.name]}
                    label={`${c.title}, row ${String(i + 1)}`}
                    hint={stacked ? '' : shape.columns.length > 1 ? c.title : ''}
                    describedBy={wrong ? `${id}-wrong` : undefined}
                    invalid={!!wrong}
                    mixed={false}
                    disabled={props.disabled}
                    onChange={(v) => {
                      const { [c.name]: _, ...rest } = row;
                      put(rows.map((r, j) => (j === i ? (v === undefined ? rest : { ...row, [c.name]: v }) : r)));
                    }}
                  />
                  {wrong && (
                    <p id={`${id}-wrong`} className="field-wrong">
                      {wrong}
                    </p>
                  )}
                </div>
              );
            })}
          </div>
          <IconButton
            icon="close"
            size={14}
            label={`Remove row ${String(i + 1)} of ${props.label}`}
            disabled={props.disabled}
            onClick={() => {
              put(rows.filter((_, j) => j !== i));
              focusRow(Math.min(i, rows.length - 2));
            }}
          />
        </div>
      ))}
      <button
        type="button"
        className="grid-add"
        aria-label={`Add to ${props.label}`}
        disabled={props.disabled}
        onMouseDown={(e) => {
          // The focus stays until the new row has it: what is typed and then handed on would move the button away.
          e.preventDefault();
        }}
        onClick={() => {
          const made = shape.value(rows);
          setDraft({ rows: [...rows, {}], made });
          focusRow(rows.length);
        }}
      >
        <Icon name="add" size={14} /> Add
      </button>
    </div>
  );
}
