// A kind's help: Markdown's small common part as elements. Nothing else is read, and nothing becomes HTML.
import type { ReactElement, ReactNode } from 'react';
import { External } from '../parts/External';

type Block =
  { kind: 'heading' | 'text'; text: string } | { kind: 'list'; items: string[] } | { kind: 'code'; text: string };

export function blocks(markdown: string): Block[] {
  const out: Block[] = [];
  const lines = markdown.replace(/\r/g, '').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const last = out.at(-1);
    const continues = (lines[i - 1] ?? '').trim() !== '';
    if (/^```/.test(line)) {
      const code: string[] = [];
      for (i++; i < lines.length && !/^```/.test(lines[i] ?? ''); i++) code.push(lines[i] ?? '');
      out.push({ kind: 'code', text: code.join('\n') });
    } else if (/^#{1,6} /.test(line)) out.push({ kind: 'heading', text: line.replace(/^#+ /, '') });
    else if (/^\s*([-*]|\d+\.) /.test(line)) {
      const item = line.replace(/^\s*([-*]|\d+\.) /, '');
      if (last?.kind === 'list' && continues) last.items.push(item);
      else out.push({ kind: 'list', items: [item] });
    } else if (line.trim() !== '') {
      if (continues && last?.kind === 'text') last.text += ` ${line.trim()}`;
      else if (continues && last?.kind === 'list') last.items.push(`${last.items.pop() ?? ''} ${line.trim()}`);
      else out.push({ kind: 'text', text: line.trim() });
    }
  }
  return out;
}

export function Prose({ text }: { text: string }): ReactElement {
  return (
    <div className="prose">
      {blocks(text).map((b, i) => {
        switch (b.kind) {
          case 'heading':
            return <h4 key={i}>{inline(b.text)}</h4>;
          case 'text':
            return <p key={i}>{inline(b.text)}</p>;
          case 'list':
            return (
              <ul key={i}>
                {b.items.map((x, j) => (
                  <li key={j}>{inline(x)}</li>
                ))}
              </ul>
            );
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

/** Code, strong words and links. */
function inline(text: string): ReactNode[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)\s]+\))/).map((part, i) => {
    if (part.startsWith('`')) return <code key={i}>{part.slice(1, -1)}</code>;
    if (part.startsWith('**')) return <strong key={i}>{part.slice(2, -2)}</strong>;
    const link = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part);
    return link ? (
      <External key={i} url={link[2] ?? ''}>
        {link[1]}
      </External>
    ) : (
      part
    );
  });
}
