import { describe, expect, it } from 'vitest';
import { isOpenable } from './openable';

describe('what a person may be sent to', () => {
  it.each([
    'https://docs.aws.amazon.com/lambda/latest/dg/welcome.html',
    'https://d111111abcdef8.cloudfront.net',
    'http://127.0.0.1:4500/orders',
    'http://localhost:4500',
    'http://[::1]:4500',
    'http://orders.localhost:4500',
  ])('is %s', (url) => {
    expect(isOpenable(url)).toBe(true);
  });

  it.each([
    '',
    'docs.aws.amazon.com',
    'http://example.org',
    'http://localhost.example.org',
    'http://127.0.0.1.example.org',
    'https://user:secret@docs.aws.amazon.com/',
    // eslint-disable-next-line no-script-url -- what must not be opened
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://docs.aws.amazon.com/x',
    '<img src=x onerror=alert(1)>',
  ])('is not %s', (url) => {
    expect(isOpenable(url)).toBe(false);
  });
});
