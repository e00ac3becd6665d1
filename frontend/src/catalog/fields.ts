// Values of fields: the default where a property is absent, and what is wrong with a value.
import type { Field } from './types';

/** The value that counts. */
export const valueOf = (props: Record<string, unknown> | undefined, f: Field): unknown => props?.[f.name] ?? f.default;

/** Tells whether the value is the field's default because nobody set it. */
export const isDefault = (props: Record<string, unknown> | undefined, f: Field): boolean => props?.[f.name] == null;

/** What is wrong with a value, null for nothing. Wrong values are kept, shown and explained, never dropped. */
export function problem(f: Field, value: unknown): string | null {
  if (value == null || value === '') return f.required ? `${f.title} is needed.` : null;
  switch (f.type) {
    case 'number':
      return numberProblem(f, value);
    case 'flag':
      return typeof value === 'boolean' ? null : 'This is either on or off.';
    case 'choice':
      return f.options && !f.options.includes(String(value)) ? `Choose one of: ${f.options.join(', ')}.` : null;
    case 'list':
      return Array.isArray(value) ? firstOf(value.map((v) => patternProblem(f, v))) : 'This is a list.';
    case 'map':
      return isRecord(value) ? null : 'This is a list of names and values.';
    case 'rows':
      if (!Array.isArray(value)) return 'This is a table.';
      return firstOf(
        value.flatMap((row, i) =>
          (f.columns ?? []).map((c) => {
            const p = problem(c, isRecord(row) ? (row[c.name] ?? c.default) : undefined);
            return p && `Row ${String(i + 1)}: ${p}`;
          }),
        ),
      );
    case 'cron':
      return cronProblem(value) ?? patternProblem(f, value);
    case 'path':
      return pathProblem(value);
    case 'json':
      return null;
    case 'text':
    case 'longtext':
    case 'code':
    case 'color':
      if (f.references && isRecord(value)) return null; // picked, not typed
      return typeof value === 'string' ? patternProblem(f, value) : 'This is a text.';
  }
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

const firstOf = (ps: (string | null)[]): string | null => ps.find((p) => p !== null) ?? null;

function numberProblem(f: Field, value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'This is a number.';
  const unit = f.unit ? ` ${f.unit}` : '';
  if (f.min !== undefined && f.max !== undefined && (value < f.min || value > f.max)) {
    return `Between ${String(f.min)} and ${String(f.max)}${unit}.`;
  }
  if (f.min !== undefined && value < f.min) return `At least ${String(f.min)}${unit}.`;
  if (f.max !== undefined && value > f.max) return `At most ${String(f.max)}${unit}.`;
  if (f.step) {
    const steps = (value - (f.min ?? 0)) / f.step;
    if (Math.abs(steps - Math.round(steps)) > 1e-9)
      return f.step === 1 ? 'A whole number.' : `In steps of ${String(f.step)}${unit}.`;
  }
  return null;
}

function patternProblem(f: Field, value: unknown): string | null {
  if (!f.pattern || typeof value !== 'string') return null;
  let re: RegExp;
  try {
    re = new RegExp(`^(?:${f.pattern})$`, 'u');
  } catch {
    return null; // Go's syntax knows forms that JavaScript does not; Go checks as well
  }
  return re.test(value) ? null : `This does not have the right form (${f.pattern}).`;
}

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
function cronProblem(value: unknown): string | null {
  const text = String(value).trim();
  if (/^rate\(\s*[1-9]\d*\s+(minute|minutes|hour|hours|day|days)\s*\)$/.test(text)) return null;
  if (/^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/.test(text)) return null;
  const cron = /^cron\((.*)\)$/.exec(text);
  if (cron) {
    const n = (cron[1] ?? '').trim().split(/\s+/).length;
    return n === 6 ? null : 'cron() has six parts: minute hour day-of-month month day-of-week year.';
  }
  return 'rate(5 minutes), cron(0 8 * * ? *) or at(2026-12-31T08:00:00).';
}

function pathProblem(value: unknown): string | null {
  const text = String(value);
  if (/^([/\\]|[A-Za-z]:)/.test(text) || text.split(/[/\\]/).includes('..')) {
    return 'A path inside the project, relative to it.';
  }
  return null;
}
