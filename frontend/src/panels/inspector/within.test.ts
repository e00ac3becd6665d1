import { describe, expect, it } from 'vitest';
import { within } from './within';

describe('a chosen path inside the project', () => {
  it.each([
    ['/home/you/shop/shop.airloom', '/home/you/shop/functions/orders', 'functions/orders'],
    ['/home/you/shop/shop.airloom', '/home/you/shop/functions/orders/', 'functions/orders'],
    ['/home/you/shop/shop.airloom', '/home/you/shop', '.'],
    ['/home/you/shop/shop.airloom', '/home/you/shop/a\\b', 'a\\b'],
    ['C:\\Work\\shop\\shop.airloom', 'c:\\work\\shop\\functions\\orders', 'functions/orders'],
    ['\\\\server\\share\\shop\\shop.airloom', '\\\\server\\share\\shop\\a', 'a'],
  ])('of %s is %s: %s', (project, chosen, want) => {
    expect(within(project, chosen)).toBe(want);
  });

  it.each([
    ['/home/you/shop/shop.airloom', '/home/you/shopping/orders'],
    ['/home/you/shop/shop.airloom', '/home/you'],
    ['/home/you/shop/shop.airloom', '/home/you/shop/../other'],
    ['/home/you/shop/shop.airloom', '/home/you/Shop/functions'],
    ['C:\\Work\\shop\\shop.airloom', 'D:\\Work\\shop\\functions'],
  ])('is none outside: %s, %s', (project, chosen) => {
    expect(within(project, chosen)).toBeNull();
  });
});
