// Reads the golden files that Go and the interface share (https://pkg.go.dev/golang.org/x/tools/txtar). For tests only.
import { readFileSync } from 'node:fs';

/** The cases of a shared file, "name/part" by "name/part". The path is relative to the backend folder. */
export function mirror(path: string): Map<string, Record<string, string>> {
  const text = readFileSync(new URL(`../../backend/${path}`, import.meta.url), 'utf8');
  const cases = new Map<string, Record<string, string>>();
  const parts = text.split(/^-- (.+) --\n/m).slice(1);
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [name = '', part = ''] = (parts[i] ?? '').split('/');
    cases.set(name, { ...cases.get(name), [part]: parts[i + 1] ?? '' });
  }
  return cases;
}
