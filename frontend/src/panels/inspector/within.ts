/** A path that a dialog gave, as one inside the project: relative to the project's folder, with slashes. null for one that
    lies elsewhere. project is the path of the project's file. */
export function within(project: string, chosen: string): string | null {
  const windows = /^([A-Za-z]:|\\\\)/.test(project);
  const parts = (p: string): string[] => (windows ? p.replaceAll('\\', '/') : p).split('/').filter((x) => x !== '');
  const folder = parts(project).slice(0, -1);
  const to = parts(chosen);
  const same = (a: string, b: string | undefined): boolean =>
    windows ? a.toLowerCase() === b?.toLowerCase() : a === b;
  if (!folder.every((x, i) => same(x, to[i])) || to.includes('..')) return null;
  return to.slice(folder.length).join('/') || '.';
}
