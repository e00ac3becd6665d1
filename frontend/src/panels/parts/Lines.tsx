// A long text as lines of one height, of which only those in sight are in the page.
import {
  type ReactElement,
  type ReactNode,
  type Ref,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';

export interface LinesHandle {
  /** Brings a line into sight; the block form is the platform's. */
  show(line: number, block?: 'nearest' | 'start' | 'end'): void;
}

const overscan = 12;

export function Lines(props: {
  label: string;
  count: number;
  /** The width of the longest line, in characters. */
  columns: number;
  line: (i: number) => ReactNode;
  className?: string;
  ref?: Ref<LinesHandle>;
  /** Told whether the last line is in sight. */
  onEnd?: (atEnd: boolean) => void;
  onKeyDown?: (e: React.KeyboardEvent) => void;
}): ReactElement {
  const { count, onEnd } = props;
  const box = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600, line: 20 });

  const measure = useCallback((): void => {
    const el = box.current;
    if (!el) return;
    const line = probe.current?.getBoundingClientRect().height ?? 20;
    setView((v) =>
      v.top === el.scrollTop && v.height === el.clientHeight && v.line === line
        ? v
        : { top: el.scrollTop, height: el.clientHeight, line },
    );
    onEnd?.(el.scrollTop + el.clientHeight >= el.scrollHeight - line);
  }, [onEnd]);

  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(el);
    return () => {
      watch.disconnect();
    };
  }, [measure]);

  useImperativeHandle(
    props.ref,
    () => ({
      show(line, block = 'nearest') {
        const el = box.current;
        if (!el) return;
        const height = probe.current?.getBoundingClientRect().height ?? 20;
        const top = line * height;
        const inSight = top >= el.scrollTop && top + height <= el.scrollTop + el.clientHeight;
        if (block === 'nearest' && inSight) return;
        el.scrollTop =
          block === 'end' ? top + height - el.clientHeight : block === 'start' ? top : top - el.clientHeight / 3;
        measure();
      },
    }),
    [measure],
  );

  const first = Math.max(0, Math.min(count, Math.floor(view.top / view.line)) - overscan);
  const last = Math.min(count, Math.ceil((view.top + view.height) / view.line) + overscan);
  const shown: ReactNode[] = [];
  for (let i = first; i < last; i++) shown.push(props.line(i));
  return (
    <div
      ref={box}
      className={`lines ${props.className ?? ''}`}
      role="region"
      aria-label={props.label}
      tabIndex={0}
      onScroll={measure}
      onKeyDown={props.onKeyDown}
    >
      <div ref={probe} className="line line-probe" aria-hidden="true">
        x
      </div>
      <div className="lines-all" style={{ height: count * view.line, minWidth: `${String(props.columns + 8)}ch` }}>
        <div className="lines-shown" style={{ transform: `translateY(${String(first * view.line)}px)` }}>
          {shown}
        </div>
      </div>
    </div>
  );
}
