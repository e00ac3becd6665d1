// Markdown's small common part as elements. Nothing else is read, and nothing becomes HTML.
import type { ReactElement, ReactNode } from 'react';
import './markdown.css';

type Block =
  | { kind: 'heading'; text: string; level: number }
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: string[]; ordered: boolean }
  | { kind: 'code'; text: string };

/** The blocks of a text. Lines of a paragraph flow together, or stay as they were written. */
export function blocks(markdown: string, lines: 'flow' | 'stay' = 'flow'): Block[] {
  const out: Block[] = [];
  const all = markdown.replace(/\r/g, '').split('\n');
  const join = lines === 'flow' ? ' ' : '\n';
  for (let i = 0; i < all.length; i++) {
    const line = all[i] ?? '';
    const last = out.at(-1);
    const continues = (all[i - 1] ?? '').trim() !== '';
    const item = /^\s*(?:[-*]|(\d+)[.)]) (.*)$/.exec(line);
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    if (/^```/.test(line)) {
      const code: string[] = [];
      for (i++; i < all.length && !/^```/.test(all[i] ?? ''); i++) code.push(all[i] ?? '');
      out.push({ kind: 'code', text: code.join('\n') });
    } else if (heading) out.push({ kind: 'heading', text: heading[2] ?? '', level: heading[1]?.length ?? 1 });
    else if (item) {
      const ordered = item[1] !== undefined;
      if (last?.kind === 'list' && last.ordered === ordered && continues) last.items.push(item[2] ?? '');
      else out.push({ kind: 'list', items: [item[2] ?? ''], ordered });
    } else if (line.trim() !== '') {
      if (continues && last?.kind === 'text') last.text += join + line.trim();
      else if (continues && last?.kind === 'list') last.items.push(`${last.items.pop() ?? ''} ${line.trim()}`);
      else out.push({ kind: 'text', text: line.trim() });
    }
  }
  return out;
}

/** How a link is shown; left out, it is its text alone: a note sends nobody anywhere. */
type Link = (url: string, text: string) => ReactNode;

export function Markdown(p: { text: string; className?: string; lines?: 'flow' | 'stay'; link?: Link }): ReactElement {
  return (
    <div className={`markdown ${p.className ?? ''}`}>
      {blocks(p.text, p.lines).map((b, i) => {
        switch (b.kind) {
          case 'heading':
            return (
              <h4 key={i} data-level={b.level}>
                {inline(b.text, p.link)}
              </h4>
            );
          case 'text':
            return <p key={i}>{inline(b.text, p.link)}</p>;
          case 'list': {
            const items = b.items.map((x, j) => <li key={j}>{inline(x, p.link)}</li>);
            return b.ordered ? <ol key={i}>{items}</ol> : <ul key={i}>{items}</ul>;
          }
          case 'code':
            return (
              <pre key={i} className="mono">
                {b.text}
              </pre>
            );
        }
      })}
    </div>
  );
}

/** Code, strong and stressed words, links. */
export function inline(text: string, link?: Link): ReactNode[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|\[[^\]]+\]\([^)\s]+\))/).map((part, i) => {
    if (/^`.+`$/s.test(part)) return <code key={i}>{part.slice(1, -1)}</code>;
    if (/^\*\*.+\*\*$/s.test(part)) return <strong key={i}>{part.slice(2, -2)}</strong>;
    if (/^\*[^*]+\*$/s.test(part)) return <em key={i}>{part.slice(1, -1)}</em>;
    const to = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part);
    return to ? <span key={i}>{link ? link(to[2] ?? '', to[1] ?? '') : to[1]}</span> : part;
  });
}
