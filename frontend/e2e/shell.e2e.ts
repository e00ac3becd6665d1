// What lies around the canvas at the real program: banners, outline, table, find, history, keys.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Airloom, newProject, node, picture, pictureFailures, rpc, start, typeIn } from './airloom';

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
    await expect.poll(() => banner.getByRole('button', { name: 'Take the changes in' }).count()).toBe(0);
    await picture(a.page, 'text that cannot be read');
    await banner.getByRole('button', { name: 'Write the text anew' }).click();
    await banner.waitFor({ state: 'detached' });
    expect(readFileSync(text, 'utf8')).not.toContain('<<<<<<<');
  });

  const design = async () =>
    (
      await rpc<{ project: { design: { nodes: Record<string, { name: string; props?: Record<string, unknown> }> } } }>(
        a.page,
        'start',
      )
    ).project.design;
  const selected = () =>
    a.page.locator('.react-flow .selected').evaluateAll((all) => all.map((e) => e.getAttribute('data-node')));
  const press = async (...keys: string[]): Promise<void> => {
    for (const k of keys) await a.page.keyboard.press(k);
  };

  it('has an outline that is walked by keyboard and follows the canvas', async () => {
    await press('Control+Alt+4');
    const tree = a.page.getByRole('tree', { name: 'Outline of the drawing' });
    const lines = () => tree.getByRole('treeitem').evaluateAll((all) => all.map((e) => e.getAttribute('aria-label')));
    await expect
      .poll(lines)
      .toEqual([
        'orders, Group',
        'handler, Lambda function',
        'items, DynamoDB table',
        'worker, Lambda function',
        'mail, SQS queue',
      ]);
    await press('ArrowDown', 'ArrowRight', 'ArrowRight');
    await expect
      .poll(() => a.page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toContain('wire to items');
    await press('ArrowLeft');
    await expect.poll(selected).toEqual(['handler']);
    await press('m');
    await expect.poll(selected).toEqual(['mail']);
    await press('Enter');
    await expect.poll(() => a.page.evaluate(() => !!document.activeElement?.closest('#canvas'))).toBe(true);
    await node(a.page, 'items').click();
    await expect
      .poll(() => tree.locator('[aria-selected=true]').getAttribute('aria-label'))
      .toBe('items, DynamoDB table');
    await picture(a.page, 'outline');
  });

  it('has a table that is sorted, filtered and edited by keyboard', async () => {
    await press('Control+Alt+5');
    const table = a.page.getByRole('grid', { name: 'All nodes' });
    const names = () => table.getByRole('rowheader').allInnerTexts();
    await expect.poll(names).toEqual(['orders', 'handler', 'items', 'worker', 'mail']);
    // The row of what is selected has the turn; its head sorts.
    await expect.poll(() => a.page.evaluate(() => document.activeElement?.textContent)).toBe('items');
    await press('Control+Home', 'Enter');
    await expect.poll(names).toEqual(['handler', 'items', 'mail', 'orders', 'worker']);
    await a.page.getByLabel('Filter the rows').fill('lambda');
    await expect.poll(names).toEqual(['handler', 'worker']);
    const memory = table.getByRole('row').filter({ hasText: 'worker' }).getByRole('gridcell', { name: '1024' });
    await memory.dblclick();
    await a.page.getByLabel('Memory (MB) of worker').fill('2048');
    await press('Enter');
    await expect.poll(async () => (await design()).nodes.worker?.props?.memory).toBe(2048);
    await expect.poll(selected).toEqual(['worker']);
    await table.getByRole('rowheader', { name: 'worker' }).click();
    await press('F2');
    await typeIn(a.page, 'mailer');
    await press('Tab');
    await expect.poll(async () => (await design()).nodes.worker?.name).toBe('mailer');
    await a.page.getByLabel('Filter the rows').fill('');
    await picture(a.page, 'table');
    await press('Alt+Shift+D', 'Alt+Shift+D');
    await picture(a.page, 'table dark');
    await press('Alt+Shift+D');
  });

  it('finds with filters, shows what fits on the drawing, and walks through', async () => {
    await a.page.getByRole('button', { name: 'Close the lower panel' }).click();
    await press('Shift+1');
    await node(a.page, 'mail').click();
    await press('Control+f');
    const find = a.page.getByRole('search', { name: 'Find on the drawing' });
    await typeIn(a.page, 'kind:lambda');
    await expect.poll(async () => (await selected()).sort()).toEqual(['handler', 'worker']);
    await expect.poll(() => find.getByRole('status').innerText()).toBe('2 found');
    await press('Enter', 'Enter');
    await expect.poll(selected).toEqual(['worker']);
    await picture(a.page, 'find');
    await press('Enter');
    await expect.poll(selected).toEqual(['handler']);
    await press('Escape');
    await expect.poll(async () => (await selected()).length).toBe(2);
    await press('Escape');
    await find.waitFor({ state: 'detached' });
    await expect.poll(selected).toEqual(['mail']);
  });

  it('has a history: versions are compared on the drawing, named, and restored in one step', async () => {
    await node(a.page, 'mail').click();
    await press('Delete');
    await node(a.page, 'mail').waitFor({ state: 'detached' });
    await press('Control+Alt+6');
    const panel = a.page.locator('.history');
    await panel.getByRole('button', { name: 'Begin' }).click();
    const difference = panel.getByRole('region', { name: 'Difference' });
    const lines = async () => (await difference.locator('li').allInnerTexts()).map((t) => t.replace(/\s+/g, ' '));
    await expect.poll(lines).toEqual(['~ changed mailer name: worker → mailer memory: 1024 → 2048', '− removed mail']);
    await node(a.page, 'worker').and(a.page.locator('.mark-update')).waitFor();
    await a.page.getByText('No longer there:').waitFor();
    await panel.getByRole('button', { name: 'Name version 1' }).click();
    await typeIn(a.page, 'first draft');
    await press('Enter');
    await panel.locator('.history-name', { hasText: 'first draft' }).waitFor();
    await picture(a.page, 'history');
    await press('Alt+Shift+D', 'Alt+Shift+D');
    await picture(a.page, 'history dark');
    await press('Alt+Shift+D');
    await difference.getByRole('button', { name: 'Restore 1' }).click();
    await node(a.page, 'mail').waitFor();
    expect((await design()).nodes.worker?.name).toBe('worker');
    await difference.waitFor({ state: 'detached' });
    await node(a.page, 'mail').click();
    await press('Control+z');
    await node(a.page, 'mail').waitFor({ state: 'detached' });
    await press('Control+Shift+Z');
    await node(a.page, 'mail').waitFor();
  });

  it('is saved as another project with another identity', async () => {
    const before = await rpc<{ project: { path: string; design: { settings: Record<string, { value: unknown }> } } }>(
      a.page,
      'start',
    );
    await press('Control+Shift+S');
    await a.page.getByRole('dialog').getByLabel('Name').fill('second');
    await picture(a.page, 'save as');
    await press('Enter');
    await expect.poll(() => a.page.title()).toBe('second – Airloom');
    const after = await rpc<typeof before>(a.page, 'start');
    expect(after.project.path).toBe(join(a.home, 'second', 'second.airloom'));
    expect(after.project.design.settings['project-id']?.value).not.toBe(
      before.project.design.settings['project-id']?.value,
    );
    await node(a.page, 'mail').waitFor();
  });

  it('has keys of one’s own: a conflict is told, the sheet shows them, and all of them go back', async () => {
    await press('Control+,');
    const settings = a.page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('button', { name: 'Add a key for Duplicate', exact: true }).click();
    await press('Control+z');
    await settings.getByRole('alert').getByText('Ctrl Z is “Undo”').waitFor();
    await picture(a.page, 'settings');
    await settings.getByRole('button', { name: 'Leave it' }).click();
    await settings.getByRole('button', { name: 'Add a key for Duplicate', exact: true }).click();
    await press('F9');
    await settings.getByRole('button', { name: 'Take F9 from Duplicate' }).waitFor();
    await press('Escape');
    await settings.waitFor({ state: 'detached' });
    await node(a.page, 'mail').click();
    await press('F9');
    await expect.poll(async () => Object.keys((await design()).nodes).length).toBe(6);
    await press('?');
    await a.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('F9').waitFor();
    await a.page.getByRole('button', { name: 'Change keys…' }).click();
    await settings.getByRole('button', { name: 'Reset all keys' }).click();
    await settings.getByRole('button', { name: 'Take F9 from Duplicate' }).waitFor({ state: 'detached' });
    await settings.getByRole('group', { name: 'Contrast' }).getByRole('button', { name: 'High' }).click();
    await press('Escape');
    await picture(a.page, 'high contrast');
    await press('Alt+Shift+D', 'Alt+Shift+D');
    await picture(a.page, 'high contrast dark');
    await press('Alt+Shift+D');
    await node(a.page, 'handler').click();
    await press('F9');
    expect(Object.keys((await design()).nodes)).toHaveLength(6);
  });

  it('shows notes in Markdown, and HTML as what was typed', async () => {
    const { revision } = (await rpc<{ project: { design: { revision: number } } }>(a.page, 'start')).project.design;
    const text =
      '# Orders\nKeep **all** of them:\n- new\n- `paid`\n\n1. *first* this\n2. then [that](https://x.example)\n\n<img src=x onerror=alert(1)>';
    const added = at('memo', 'note', 0, 320, { w: 280, h: 230, props: { text } });
    await rpc(a.page, 'edit', { base: revision, label: 'add memo', diff: { nodes: { added } } });
    const memo = node(a.page, 'memo');
    await memo.getByRole('heading', { name: 'Orders' }).waitFor();
    await memo.getByText('<img src=x onerror=alert(1)>').waitFor();
    await expect
      .poll(() => memo.locator('strong, li, code, em').allInnerTexts())
      .toEqual(['all', 'new', 'paid', 'paid', 'first this', 'first', 'then that']);
    await expect.poll(() => memo.locator('a, img').count()).toBe(0);
    await press('Shift+1');
    await picture(a.page, 'note');
  });

  it('gives the drawing as files of every form', async () => {
    await press('Escape', 'Escape');
    for (const [title, name, begins] of [
      ['SVG', 'second.svg', '<'],
      ['PNG', 'second.png', '\x89PNG'],
      ['PDF', 'second.pdf', '%PDF'],
      ['a Markdown document', 'second.md', '#'],
      ['draw.io', 'second.drawio', '<mxfile'],
    ] as const) {
      await a.page.getByRole('button', { name: 'Export' }).click();
      const coming = a.page.waitForEvent('download');
      await a.page
        .getByRole('menuitem', { name: `Export the drawing as ${title}`, exact: false })
        .first()
        .click();
      const file = await coming;
      expect(file.suggestedFilename()).toBe(name);
      expect(
        readFileSync(await file.path(), 'latin1')
          .trimStart()
          .slice(0, begins.length),
      ).toBe(begins);
    }
  });

  it('ends without trouble', () => {
    expect(a.trouble).toEqual([]);
  });
});
