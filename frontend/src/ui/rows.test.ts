import { describe, expect, it } from 'vitest';
import { spanOf } from './rows';

describe('the rows of a list', () => {
  it('are all there where it is short', () => {
    expect(spanOf(200, 28, 5000, 100)).toEqual({ from: 0, to: 200 });
  });

  it('are those in sight with some around where it is long', () => {
    expect(spanOf(5000, 20, 0, 200)).toEqual({ from: 0, to: 22 });
    expect(spanOf(5000, 20, 20_000, 200)).toEqual({ from: 988, to: 1022 });
    expect(spanOf(5000, 20, 99_900, 200)).toEqual({ from: 4983, to: 5000 });
  });

  it('are never beyond the end, where a list became shorter under the scroll', () => {
    const { from, to } = spanOf(300, 20, 99_900, 200);
    expect(from).toBeLessThan(300);
    expect(to).toBe(300);
  });
});
