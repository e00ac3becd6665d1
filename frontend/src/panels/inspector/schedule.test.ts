import { describe, expect, it } from 'vitest';
import { clockOf, nextRuns, parseSchedule, scheduleWords, wallText } from './schedule';

const utc = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);
const iso = (at: number): string => {
  const d = new Date(at);
  return `${d.toUTCString().slice(0, 3)} ${d.toISOString().slice(0, 16).replace('T', ' ')}`;
};

function next(text: string, after: string, n: number, zone = 'UTC'): string {
  const s = parseSchedule(text);
  if (typeof s === 'string') throw new Error(s);
  const runs = nextRuns(s, utc(after), n, clockOf(zone)?.exists).map(iso);
  return [...runs, ...(runs.length < n ? ['never'] : [])].join(', ');
}

const noon = '2026-03-01 12:00:00';

describe('the next runs of a schedule', () => {
  // The table of backend/catalog/aws/scheduler/expression. March 2026 begins on a Sunday.
  it.each([
    ['cron(0 8 * * ? *)', noon, 2, 'Mon 2026-03-02 08:00, Tue 2026-03-03 08:00'],
    ['cron(0 12 * * ? *)', noon, 1, 'Mon 2026-03-02 12:00'],
    ['cron(0 12 * * ? *)', '2026-03-01 11:59:59', 1, 'Sun 2026-03-01 12:00'],
    [
      'cron(*/15 12 * * ? *)',
      noon,
      4,
      'Sun 2026-03-01 12:15, Sun 2026-03-01 12:30, Sun 2026-03-01 12:45, Mon 2026-03-02 12:00',
    ],
    [
      'cron(5/20 * * * ? *)',
      noon,
      4,
      'Sun 2026-03-01 12:05, Sun 2026-03-01 12:25, Sun 2026-03-01 12:45, Sun 2026-03-01 13:05',
    ],
    ['cron(0-10/5 9 * * ? *)', noon, 3, 'Mon 2026-03-02 09:00, Mon 2026-03-02 09:05, Mon 2026-03-02 09:10'],
    [
      'cron(30 9,17 ? * MON-FRI *)',
      '2026-03-06 18:00:00',
      3,
      'Mon 2026-03-09 09:30, Mon 2026-03-09 17:30, Tue 2026-03-10 09:30',
    ],
    ['cron(0 0 1 1,jul ? *)', noon, 2, 'Wed 2026-07-01 00:00, Fri 2027-01-01 00:00'],
    ['cron(0 0 L * ? *)', noon, 3, 'Tue 2026-03-31 00:00, Thu 2026-04-30 00:00, Sun 2026-05-31 00:00'],
    ['cron(0 0 15W * ? *)', noon, 3, 'Mon 2026-03-16 00:00, Wed 2026-04-15 00:00, Fri 2026-05-15 00:00'],
    ['cron(0 0 1W * ? *)', '2026-07-15 00:00:00', 2, 'Mon 2026-08-03 00:00, Tue 2026-09-01 00:00'],
    ['cron(0 0 31W * ? *)', '2026-05-01 00:00:00', 2, 'Fri 2026-05-29 00:00, Fri 2026-07-31 00:00'],
    ['cron(0 0 LW * ? *)', '2026-05-01 00:00:00', 1, 'Fri 2026-05-29 00:00'],
    ['cron(0 10 ? * 6L *)', noon, 2, 'Fri 2026-03-27 10:00, Fri 2026-04-24 10:00'],
    ['cron(0 10 ? * FRIL *)', noon, 1, 'Fri 2026-03-27 10:00'],
    ['cron(0 10 ? * L *)', noon, 1, 'Sat 2026-03-07 10:00'],
    ['cron(0 10 ? * 3#2 *)', noon, 2, 'Tue 2026-03-10 10:00, Tue 2026-04-14 10:00'],
    ['cron(0 10 ? * TUE#5 *)', noon, 2, 'Tue 2026-03-31 10:00, Tue 2026-06-30 10:00'],
    ['cron(0 10 ? * 1 *)', noon, 1, 'Sun 2026-03-08 10:00'],
    ['cron(0 0 29 2 ? *)', noon, 2, 'Tue 2028-02-29 00:00, Sun 2032-02-29 00:00'],
    ['cron(0 0 30 2 ? *)', noon, 1, 'never'],
    ['cron(0 0 1 1 ? 2027-2028)', noon, 3, 'Fri 2027-01-01 00:00, Sat 2028-01-01 00:00, never'],
    ['cron(0 0 1 1 ? 2020)', noon, 1, 'never'],
    ['at(2026-12-24T18:00:00)', noon, 2, 'Thu 2026-12-24 18:00, never'],
    ['at(2020-12-24T18:00:00)', noon, 1, 'never'],
    ['rate(5 minutes)', noon, 1, 'never'],
  ])('of %s after %s, %d', (text, after, n, want) => {
    expect(next(text, after, n)).toBe(want);
  });

  it('leave out what the change to summer time leaves out', () => {
    expect(next('cron(30 2 * * ? *)', '2026-03-28 00:00:00', 2, 'Europe/Berlin')).toBe(
      'Sat 2026-03-28 02:30, Mon 2026-03-30 02:30',
    );
    expect(next('cron(30 2 * * ? *)', '2026-10-24 12:00:00', 2, 'Europe/Berlin')).toBe(
      'Sun 2026-10-25 02:30, Mon 2026-10-26 02:30',
    );
  });

  it('go by the clock of the zone', () => {
    expect(iso(clockOf('Europe/Berlin')?.show(utc(noon)) ?? 0)).toBe('Sun 2026-03-01 13:00');
    expect(iso(clockOf('Pacific/Kiritimati')?.show(utc(noon)) ?? 0)).toBe('Mon 2026-03-02 02:00');
    expect(clockOf('Europe/Nowhere')).toBeNull();
  });
});

describe('a schedule in words', () => {
  it.each([
    ['rate(1 day)', 'Every day.'],
    ['rate(5 minutes)', 'Every 5 minutes.'],
    ['at(2026-12-31T08:00:00)', 'Once, on Thu 31 Dec 2026, 08:00 UTC.'],
    ['cron(0 8 * * ? *)', 'At 08:00 UTC, every day.'],
    ['cron(0 8,20 ? * * *)', 'At 08:00 and 20:00 UTC, every day.'],
    ['cron(30 * * * ? *)', 'Every hour, at minute 30, every day.'],
    ['cron(0/15 * * * ? *)', 'Every 15 minutes, every day.'],
    ['cron(0/15 9-17 ? * MON-FRI *)', 'Every 15 minutes, from 09:00 to 17:59 UTC, on Monday to Friday.'],
    ['cron(* 0/6 * * ? *)', 'Every minute, every 6 hours UTC, every day.'],
    ['cron(0 9 ? * 2,fri *)', 'At 09:00 UTC, on Monday and Friday.'],
    ['cron(0 9 1,15 * ? *)', 'At 09:00 UTC, on day 1 and 15 of the month.'],
    ['cron(0 9 L 1-3 ? 2027)', 'At 09:00 UTC, on the last day of the month, in January to March, in 2027.'],
    ['cron(0 9 15W * ? *)', 'At 09:00 UTC, on the weekday nearest to day 15 of the month.'],
    ['cron(0 9 ? * 6L *)', 'At 09:00 UTC, on the last Friday of the month.'],
    ['cron(0 9 ? * 3#2 *)', 'At 09:00 UTC, on the second Tuesday of the month.'],
  ])('%s says %s', (text, want) => {
    const s = parseSchedule(text);
    expect(typeof s === 'string' ? s : scheduleWords(s, 'UTC')).toBe(want);
  });

  it('shows a moment', () => {
    expect(wallText(utc('2026-03-02 08:00:00'))).toBe('Mon 2 Mar 2026, 08:00');
    expect(wallText(utc('2026-03-02 08:00:07'))).toBe('Mon 2 Mar 2026, 08:00:07');
  });
});

describe('what is no schedule', () => {
  it.each([
    ['soon', /^rate\(5 minutes\)/],
    ['rate(0 minutes)', /whole number/],
    ['rate(1.5 hours)', /whole number/],
    ['rate(5 weeks)', /whole number/],
    ['cron(0 8 * * ?)', /six parts/],
    ['cron(0 8 * * * *)', /question mark/],
    ['cron(0 8 ? * ? *)', /question mark/],
    ['cron(60 8 * * ? *)', /minute cannot be “60”/],
    ['cron(0 24 * * ? *)', /hour cannot be “24”/],
    ['cron(0 8 * 13 ? *)', /month cannot be “13”/],
    ['cron(0 8 32 * ? *)', /day of month cannot be “32”/],
    ['cron(0 8 0W * ? *)', /W follows/],
    ['cron(0 8 ? * MON#6 *)', /day of week/],
    ['cron(0 8 ? * 8 *)', /day of week cannot be “8”/],
    ['cron(5-1 8 * * ? *)', /minute cannot be “5-1”/],
    ['cron(0/0 8 * * ? *)', /minute cannot be/],
    ['cron(*-5 8 * * ? *)', /minute cannot be/],
    ['cron(1,* 8 * * ? *)', /minute cannot be “\*”/],
    ['cron(0 8 * * ? 1969)', /year cannot be/],
    ['at(2026-02-30T08:00:00)', /that there are/],
    ['at(2026-12-31)', /that there are/],
  ])('is said of %s', (text, why) => {
    expect(parseSchedule(text)).toMatch(why);
  });
});
