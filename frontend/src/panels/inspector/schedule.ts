// Schedules in words, and when they fire next. The times are those that backend/catalog/aws/scheduler/expression finds, for
// rate(…), cron(…) and at(…); its table of cases is this one's too.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html

/** A moment as a wall clock shows it: the numbers of Date.UTC, whatever the zone. */
export type Wall = number;

const monthNames = 'January February March April May June July August September October November December'.split(' ');
const dayNames = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const short = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((n, i) => [n.slice(0, 3).toUpperCase(), i + 1]));
const months = short(monthNames);
const days = short(dayNames);
const lastYear = 2199;

/** The values that a field admits; null admits all. */
type Admits = ReadonlySet<number> | null;
const has = (s: Admits, n: number): boolean => !s || s.has(n);

export interface Cron {
  fields: readonly [minute: string, hour: string, day: string, month: string, weekday: string, year: string];
  minutes: Admits;
  hours: Admits;
  months: Admits;
  years: Admits;
  day: (year: number, month: number, day: number) => boolean;
}

export type Schedule =
  { type: 'rate'; every: number; unit: string } | { type: 'at'; at: Wall } | { type: 'cron'; cron: Cron };

/** A schedule that can be read, or what is wrong with it. */
export function parseSchedule(text: string): Schedule | string {
  const form = /^(rate|cron|at)\((.*)\)$/.exec(text.trim());
  const inner = form?.[2] ?? '';
  switch (form?.[1]) {
    case 'rate': {
      const m = /^([1-9]\d*) (minute|hour|day)s?$/.exec(inner);
      return m
        ? { type: 'rate', every: Number(m[1]), unit: m[2] ?? '' }
        : 'A rate is a whole number and minutes, hours or days: rate(5 minutes).';
    }
    case 'at': {
      const m = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(inner);
      const n = (i: number): number => Number(m?.[i]);
      const at = m ? Date.UTC(n(1), n(2) - 1, n(3), n(4), n(5), n(6)) : NaN;
      return m && new Date(at).toISOString().startsWith(inner)
        ? { type: 'at', at }
        : 'A moment is a day and a time that there are: at(2026-12-31T08:00:00).';
    }
    case 'cron':
      return parseCron(inner);
    case undefined:
    default:
      return 'rate(5 minutes), cron(0 8 * * ? *) or at(2026-12-31T08:00:00).';
  }
}

function parseCron(text: string): Schedule | string {
  const f = text.trim().split(/\s+/);
  if (f.length !== 6) return 'cron() has six parts: minute hour day-of-month month day-of-week year.';
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = f;
  if ((day === '?') === (weekday === '?'))
    return 'Either the day of month or the day of week is a question mark, and not both.';
  const minutes = parseSet('minute', minute, 0, 59);
  const hours = parseSet('hour', hour, 0, 23);
  const inMonths = parseSet('month', month, 1, 12, months);
  const years = parseSet('year', year, 1970, lastYear);
  const onDay = weekday === '?' ? dayOfMonth(day) : dayOfWeek(weekday);
  for (const x of [minutes, hours, inMonths, years, onDay]) if (typeof x === 'string') return x;
  return {
    type: 'cron',
    cron: {
      fields: [minute, hour, day, month, weekday, year],
      minutes: minutes as Admits,
      hours: hours as Admits,
      months: inMonths as Admits,
      years: years as Admits,
      day: onDay as Cron['day'],
    },
  };
}

/** Lists, ranges and increments: "*", "1,5", "MON-FRI", "0/15", "10-30/5". What is wrong comes back as a text. */
function parseSet(
  name: string,
  text: string,
  least: number,
  most: number,
  names?: ReadonlyMap<string, number>,
): Admits | string {
  if (text === '*') return null;
  const value = (t: string): number => {
    const n = names?.get(t.toUpperCase()) ?? (/^\d+$/.test(t) ? Number(t) : NaN);
    return n >= least && n <= most ? n : NaN;
  };
  const out = new Set<number>();
  for (const part of text.split(',')) {
    const m = /^(\*|[^-/]+)(?:-([^-/]+))?(?:\/([1-9]\d*))?$/.exec(part);
    const every = m?.[1] === '*';
    const first = every ? least : value(m?.[1] ?? '');
    const last = m?.[2] !== undefined ? value(m[2]) : every || m?.[3] ? most : first;
    const fine = m && first <= last && !(every && (m[2] !== undefined || !m[3]));
    if (!fine)
      return `The ${name} cannot be “${part}”: it takes ${String(least)} to ${String(most)}, lists (1,2), ranges (1-5) and increments (0/15).`;
    for (let n = first; n <= last; n += Number(m[3] ?? 1)) out.add(n);
  }
  return out;
}

const length = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
const weekdayOf = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

/** The weekday, Monday to Friday, nearest to a day within its month. */
function nearest(year: number, month: number, day: number): number {
  switch (weekdayOf(year, month, day)) {
    case 7:
      return day === 1 ? 3 : day - 1;
    case 1:
      return day === length(year, month) ? day - 2 : day + 1;
    default:
      return day;
  }
}

/** Also L (the last day), 15W (the weekday nearest to the 15th) and LW (the last weekday). */
function dayOfMonth(text: string): Cron['day'] | string {
  if (text === 'L') return (y, m, d) => d === length(y, m);
  if (text === 'LW') return (y, m, d) => d === nearest(y, m, length(y, m));
  const near = /^(\d+)W$/.exec(text);
  if (near) {
    const n = Number(near[1]);
    if (n < 1 || n > 31) return 'W follows a day from 1 to 31.';
    return (y, m, d) => n <= length(y, m) && d === nearest(y, m, n);
  }
  const s = parseSet('day of month', text, 1, 31);
  return typeof s === 'string' ? s : (_y, _m, d) => has(s, d);
}

/** Also L (Saturday), 6L (the month's last Friday) and 3#2 (its second Tuesday). Sunday is 1. */
function dayOfWeek(text: string): Cron['day'] | string {
  const special = /^([^-/,*#]+)(?:(L)|#([1-5]))$/.exec(text);
  if (special) {
    const one = parseSet('day of week', special[1] ?? '', 1, 7, days);
    if (typeof one === 'string') return one;
    const [n] = one ?? [];
    return special[2]
      ? (y, m, d) => weekdayOf(y, m, d) === n && d + 7 > length(y, m)
      : (y, m, d) => weekdayOf(y, m, d) === n && Math.ceil(d / 7) === Number(special[3]);
  }
  const s = parseSet('day of week', text === 'L' ? '7' : text, 1, 7, days);
  return typeof s === 'string' ? s : (y, m, d) => has(s, weekdayOf(y, m, d));
}

/** The first n moments after one, as the clock of the schedule's zone shows them; a rate has none before it is deployed.
    exists leaves out what the change to summer time leaves out. */
export function nextRuns(s: Schedule, after: Wall, n: number, exists: (at: Wall) => boolean = () => true): Wall[] {
  if (s.type === 'rate') return [];
  if (s.type === 'at') return s.at > after && exists(s.at) ? [s.at] : [];
  const { cron } = s;
  const out: Wall[] = [];
  const begin = new Date(after);
  const from = Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth(), begin.getUTCDate());
  for (let year = begin.getUTCFullYear(); year <= lastYear; year++) {
    if (!has(cron.years, year)) continue;
    for (let month = 1; month <= 12; month++) {
      if (!has(cron.months, month)) continue;
      for (let day = 1; day <= length(year, month); day++) {
        if (Date.UTC(year, month - 1, day) < from || !cron.day(year, month, day)) continue;
        for (let hour = 0; hour < 24; hour++) {
          if (!has(cron.hours, hour)) continue;
          for (let minute = 0; minute < 60; minute++) {
            const at = Date.UTC(year, month - 1, day, hour, minute);
            if (!has(cron.minutes, minute) || at <= after || !exists(at)) continue;
            out.push(at);
            if (out.length === n) return out;
          }
        }
      }
    }
  }
  return out;
}

/** What a schedule says, as a sentence. Times are those of the zone. */
export function scheduleWords(s: Schedule, zone: string): string {
  switch (s.type) {
    case 'rate':
      return s.every === 1 ? `Every ${s.unit}.` : `Every ${String(s.every)} ${s.unit}s.`;
    case 'at':
      return `Once, on ${wallText(s.at)} ${zone}.`;
    case 'cron': {
      const [, , day, month, weekday, year] = s.cron.fields;
      const when = [dayWords(day, weekday), monthWords(month), year === '*' ? '' : `in ${listWords(year)}`];
      return `${sentenceCase(timeWords(s.cron, zone))}${when
        .filter(Boolean)
        .map((w) => `, ${w}`)
        .join('')}.`;
    }
  }
}

const sentenceCase = (t: string): string => t.slice(0, 1).toUpperCase() + t.slice(1);
const two = (n: number): string => String(n).padStart(2, '0');

/** "at 08:00 and 20:00 UTC", "every 15 minutes from 09:00 to 17:59 UTC". */
function timeWords(c: Cron, zone: string): string {
  const [minute, hour] = c.fields;
  const minutes = [...(c.minutes ?? [])].sort((a, b) => a - b);
  const hours = [...(c.hours ?? [])].sort((a, b) => a - b);
  if (c.minutes && c.hours && minutes.length * hours.length <= 6)
    return `at ${and(hours.flatMap((h) => minutes.map((m) => `${two(h)}:${two(m)}`)))} ${zone}`;
  const pace = /^(?:\*|0)\/(\d+)$/.exec(minute)?.[1];
  const within =
    minute === '*' ? 'every minute' : pace ? `every ${pace} minutes` : `at minute ${listWords(minute)} of the hour`;
  if (!c.hours) return minute === '*' || pace ? within : `every hour, at minute ${listWords(minute)}`;
  const hourPace = /^(?:\*|0)\/(\d+)$/.exec(hour)?.[1];
  if (hourPace) return `${within}, every ${hourPace} hours ${zone}`;
  const range = /^(\d+)-(\d+)$/.exec(hour);
  return range
    ? `${within}, from ${two(Number(range[1]))}:00 to ${two(Number(range[2]))}:59 ${zone}`
    : `${within}, in the hours ${and(hours.map(two))} ${zone}`;
}

function dayWords(day: string, weekday: string): string {
  if (weekday === '?') {
    if (day === '*') return 'every day';
    if (day === 'L') return 'on the last day of the month';
    if (day === 'LW') return 'on the last weekday of the month';
    if (day.endsWith('W')) return `on the weekday nearest to day ${day.slice(0, -1)} of the month`;
    const pace = /^(?:\*|1)\/(\d+)$/.exec(day)?.[1];
    return pace ? `every ${pace} days from day 1 of the month` : `on day ${listWords(day)} of the month`;
  }
  if (weekday === '*') return 'every day';
  const which = /^(\w+)#([1-5])$/.exec(weekday);
  if (which)
    return `on the ${['first', 'second', 'third', 'fourth', 'fifth'][Number(which[2]) - 1] ?? ''} ${dayName(which[1] ?? '')} of the month`;
  if (weekday === 'L') return 'on Saturday';
  if (weekday.endsWith('L')) return `on the last ${dayName(weekday.slice(0, -1))} of the month`;
  return `on ${listWords(weekday, dayName)}`;
}

const monthWords = (month: string): string =>
  month === '*' ? '' : `in ${listWords(month, (t) => monthNames[(months.get(t.toUpperCase()) ?? Number(t)) - 1] ?? t)}`;

const dayName = (t: string): string => dayNames[(days.get(t.toUpperCase()) ?? Number(t)) - 1] ?? t;

/** "1,5,MON-FRI" → "1, 5 and Monday to Friday". */
function listWords(text: string, name: (t: string) => string = (t) => t): string {
  return and(
    text.split(',').map((part) => {
      const [span = '', step] = part.split('/');
      const words = span.split('-').map(name).join(' to ');
      return step ? `every ${step} from ${words}` : words;
    }),
  );
}

const and = (list: readonly string[]): string =>
  list.length < 2 ? (list[0] ?? '') : `${list.slice(0, -1).join(', ')} and ${list.at(-1) ?? ''}`;

const shortDay = (at: Date): string => (dayNames[at.getUTCDay()] ?? '').slice(0, 3);

/** "Mon 2 Mar 2026, 08:00". */
export function wallText(at: Wall): string {
  const d = new Date(at);
  const seconds = d.getUTCSeconds() === 0 ? '' : `:${two(d.getUTCSeconds())}`;
  return `${shortDay(d)} ${String(d.getUTCDate())} ${(monthNames[d.getUTCMonth()] ?? '').slice(0, 3)} ${String(d.getUTCFullYear())}, ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}${seconds}`;
}

/** A zone's wall clock: what it shows at a moment, and whether it ever shows something. null for a zone that is unknown. */
export function clockOf(zone: string): { show: (ms: number) => Wall; exists: (at: Wall) => boolean } | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
  const show = (ms: number): Wall => {
    const p = Object.fromEntries(format.formatToParts(ms).map((x) => [x.type, Number(x.value)]));
    return Date.UTC(p.year ?? 0, (p.month ?? 1) - 1, p.day, p.hour, p.minute, p.second);
  };
  // Zones differ from UTC by 14 hours at most, and change by less than a day.
  const exists = (at: Wall): boolean =>
    [-86_400_000, 86_400_000].some((by) => {
      const near = at + by;
      const moment = at - (show(near) - near);
      return show(moment) === at;
    });
  return { show, exists };
}
