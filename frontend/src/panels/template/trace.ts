// Where in a printed template a record is. The printers of backend/cfn indent JSON by two and YAML by two; a section's
// entries are the keys one level below it.

/** The lines of a template, with the entry (logical id, parameter, output) that each belongs to; "" for none. */
export interface Outline {
  lines: string[];
  entries: string[];
  columns: number;
}

const key = /^( *)(?:"((?:[^"\\]|\\.)*)"|([A-Za-z][\w:]*)):/;

export function outline(body: string, format: 'json' | 'yaml'): Outline {
  const lines = body.endsWith('\n') ? body.slice(0, -1).split('\n') : body.split('\n');
  const level = format === 'json' ? 4 : 2;
  const entries: string[] = [];
  let entry = '';
  let columns = 0;
  for (const line of lines) {
    columns = Math.max(columns, line.length);
    const indent = line.length - line.trimStart().length;
    if (line.trim() !== '' && indent < level) entry = '';
    else if (indent === level && line[indent] !== '}') {
      const m = key.exec(line);
      if (m) entry = m[2] ?? m[3] ?? '';
    }
    entries.push(entry);
  }
  return { lines, entries, columns };
}

/** Splits a line into what is coloured: the key, and the rest. */
export function parts(line: string): { key: string; rest: string } {
  const m = /^(\s*(?:- )*(?:"(?:[^"\\]|\\.)*"|[A-Za-z][\w:.-]*)):/.exec(line);
  return m ? { key: m[0], rest: line.slice(m[0].length) } : { key: '', rest: line };
}
