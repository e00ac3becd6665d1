// What lies around the canvas at the real program: banners, outline, table, find, history, keys.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Airloom, newProject, node, picture, pictureFailures, rpc, start } from './airloom';

const at = (id: string, kind: string, x: number, y: number, more: object = {}) => ({
  [id]: { id, kind, name: id, x, y, ...more },
});

describe('the shell', () => {
  let a: Airloom;
  beforeAll(async () => {
    a = await start();
    await newProject(a.page, 'shell');
    const nodes = {
      ...at('orders', 'group', -60, -60, { w: 620, h: 320 }),
      ...at('handler', 'aws.lambda', 0, 0, { parent: 'orders' }),
      ...at('worker', 'aws.lambda', 0, 120, { parent: 'orders', props: { memory: 1024 } }),
      ...at('items', 'aws.dynamodb', 320, 0, { parent: 'orders' }),
      ...at('mail', 'aws.sqs', 320, 420),
    };
    const edges = {
      'handler-to-items': {
        id: 'handler-to-items',
        from: { node: 'handler', port: 'out' },
        to: { node: 'items', port: 'in' },
        protocol: 'call',
        access: 'read',
      },
    };
    await rpc(a.page, 'edit', { base: 0, label: 'begin', diff: { nodes: { added: nodes }, edges: { added: edges } } });
    await node(a.page, 'mail').waitFor();
    await a.page.keyboard.press('Shift+1');
  });
  afterAll(() => a.stop());
  pictureFailures(() => a.page);

  it('says why a text that was changed outside cannot be read, and writes it anew', async () => {
    const text = join(a.home, 'shell', 'shell.design.json');
    writeFileSync(text, '<<<<<<< HEAD\n{"revision": 1}\n');
    await a.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    const banner = a.page.locator('.banner', { hasText: 'cannot be read' });
    await banner.waitFor();
    expect(await banner.getByRole('button', { name: 'Take the changes in' }).count()).toBe(0);
    await picture(a.page, 'text that cannot be read');
    await banner.getByRole('button', { name: 'Write the text anew' }).click();
    await banner.waitFor({ state: 'detached' });
    expect(readFileSync(text, 'utf8')).not.toContain('<<<<<<<');
  });

  it('ends without trouble', () => {
    expect(a.trouble).toEqual([]);
  });
});
