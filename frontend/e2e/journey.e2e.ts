// The whole way of a new user, in a browser at the real program: from a sample to a running system, and back.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Airloom, drag, middle, node, picture, pictureFailures, port, rpc, start } from './airloom';

interface Drawing {
  project: {
    path: string;
    design: { revision: number; nodes: Record<string, { x: number; y: number }>; edges: Record<string, unknown> };
  };
}

describe('from a sample to a running system', () => {
  let a: Airloom;
  beforeAll(async () => {
    a = await start();
  });
  afterAll(() => a.stop());
  pictureFailures(() => a.page);

  const dock = (tab: string) => a.page.getByRole('tab', { name: tab, exact: true });
  const open = async (tab: string): Promise<void> => {
    if ((await dock(tab).getAttribute('aria-selected')) !== 'true') await dock(tab).click();
  };
  const saved = () => a.page.locator('.toolbar').getByText('Saved', { exact: true }).waitFor();
  const drawing = async () => (await rpc<Drawing>(a.page, 'start')).project.design;
  const resources = async (): Promise<number> =>
    Number((await a.page.locator('.template .panel-fact').first().textContent())?.match(/^\d+/)?.[0]);

  it('begins with the sample', async () => {
    await a.page.getByRole('button', { name: /^Event-driven orders/ }).click();
    await node(a.page, 'create-order').waitFor();
    await expect.poll(() => a.page.locator('.react-flow [data-node]').count()).toBe(12);
    await expect.poll(() => a.page.locator('[data-wire]').count()).toBeGreaterThanOrEqual(12);
    await picture(a.page, 'journey-1-sample');
  });

  it('drags a queue in from the palette', async () => {
    await open('Template');
    await expect.poll(resources).toBeGreaterThan(5);
    const before = await resources();
    await a.page.getByRole('button', { name: 'Fit the drawing' }).click();
    const beside = await middle(node(a.page, 'daily-report'));
    await drag(a.page, await middle(a.page.getByRole('option', { name: 'SQS queue' })), {
      x: beside.x + 200,
      y: beside.y,
    });
    await node(a.page, 'queue').waitFor();
    await saved();
    expect(Object.keys((await drawing()).nodes)).toContain('queue');
    await expect.poll(resources).toBeGreaterThan(before);
  });

  it('wires a function to it, and the template follows', async () => {
    const before = await resources();
    await drag(a.page, await middle(port(a.page, 'daily-report', 'out')), await middle(port(a.page, 'queue', 'in')));
    // There are two ways; the first is what is meant most often.
    await a.page.getByRole('menu').waitFor();
    await a.page.keyboard.press('Enter');
    await saved();
    await expect.poll(async () => Object.keys((await drawing()).edges)).toContain('daily-report-to-queue');
    await a.page.locator('[data-wire="daily-report-to-queue"]').first().waitFor({ state: 'attached' });
    // The wire is chosen: the inspector says what it adds, and the function has the variable.
    await a.page.getByRole('heading', { name: 'Permissions' }).waitFor();
    await a.page.locator('.added li').getByText('sqs:SendMessage').waitFor();
    await a.page.locator('.added li').getByText('QUEUE_QUEUE_URL', { exact: true }).waitFor();
    await node(a.page, 'daily-report').click();
    await a.page.locator('.template-selected').getByText('DailyReport:').waitFor();
    const panel = await a.page.locator('.template .lines').boundingBox();
    const marked = await a.page.locator('.template-selected').first().boundingBox();
    if (!panel || !marked) throw new Error('no template');
    expect(marked.y).toBeGreaterThanOrEqual(panel.y);
    expect(marked.y + marked.height).toBeLessThanOrEqual(panel.y + panel.height);
    await expect.poll(resources).toBe(before);
    await picture(a.page, 'journey-2-wired');
  });

  it('deploys to the embedded sandbox, once its code is trusted', async () => {
    await a.page.keyboard.press('Control+Shift+D');
    const deploy = a.page.getByRole('button', { name: 'Deploy to local' });
    await deploy.waitFor();
    await picture(a.page, 'journey-3-plan');
    await deploy.click();
    await a.page.getByRole('button', { name: 'Trust and run' }).click();
    await a.page.locator('.running').getByText('create complete').waitFor({ timeout: 60_000 });
    await expect.poll(() => a.page.getByRole('link', { name: /^http:\/\/127\.0\.0\.1:/ }).count()).toBeGreaterThan(0);
    await picture(a.page, 'journey-4-deployed');
  });

  it('calls a function, and its log line is on the node', async () => {
    await open('Call');
    await a.page.getByLabel('Node to call').selectOption('create-order');
    await a.page.getByLabel('Payload').fill(JSON.stringify({ body: JSON.stringify({ item: 'tea', quantity: 2 }) }));
    await a.page.getByRole('button', { name: 'Send' }).click();
    const answer = a.page.locator('.call-answer');
    await answer.getByText('"statusCode": 201').waitFor();
    await node(a.page, 'create-order').getByText('order received').waitFor();
    // The queue feeds its worker, which says so on its own node.
    await node(a.page, 'process-order').getByText('order confirmed').waitFor();
    await picture(a.page, 'journey-5-called');
    await open('Logs');
    await a.page.locator('.log-line').getByText('order received').first().waitFor();
    await a.page.getByLabel('Find in the lines').fill('confirmed');
    await expect.poll(() => a.page.locator('.log-line').count()).toBe(1);
    await a.page.getByLabel('Find in the lines').fill('');
    // Paused, the lines stand still and what comes is counted.
    await a.page.getByRole('button', { name: 'Pause' }).click();
    const still = await a.page.locator('.logs .panel-fact').textContent();
    await rpc(a.page, 'call', { sandbox: 'local', node: 'get-order', payload: '{"pathParameters":{"id":"none"}}' });
    const goOn = a.page.getByRole('button', { name: /^Go on \(\d+ new\)$/ });
    await goOn.waitFor();
    expect(await a.page.locator('.logs .panel-fact').textContent()).toBe(still);
    await goOn.click();
    await a.page.getByLabel('Whose lines').selectOption({ label: 'get-order' });
    await expect.poll(() => a.page.locator('.log-line').count()).toBeGreaterThan(0);
    await a.page.getByLabel('Whose lines').selectOption({ label: 'Every node' });
    await picture(a.page, 'journey-logs');
  });

  it('undoes step by step', async () => {
    await node(a.page, 'orders').click();
    await a.page.keyboard.press('Control+z');
    await expect.poll(async () => Object.keys((await drawing()).edges)).not.toContain('daily-report-to-queue');
    await a.page.keyboard.press('Control+z');
    await node(a.page, 'queue').waitFor({ state: 'detached' });
    await saved();
    await a.page.keyboard.press('Control+Shift+z');
    await node(a.page, 'queue').waitFor();
    await saved();
  });

  it('takes in what somebody changed in the text', async () => {
    const text = join(a.home, 'orders', 'orders.design.json');
    await expect.poll(() => readFileSync(text, 'utf8')).toContain('"id":"queue"');
    const before = readFileSync(text, 'utf8');
    writeFileSync(text, before.replace('"name":"get-order"', '"name":"read-order"'));
    await a.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await a.page.getByText('changed read-order').waitFor();
    await picture(a.page, 'journey-outside');
    await a.page.getByRole('button', { name: 'Take the changes in' }).click();
    await node(a.page, 'get-order').getByText('read-order').waitFor();
    await a.page.getByText('changed read-order').waitFor({ state: 'detached' });
    await saved();
  });

  it('shows the same drawing, what runs and its lines after a reload', async () => {
    const seen = () =>
      a.page
        .locator('.react-flow [data-node]')
        .evaluateAll((els) => els.map((e) => `${e.dataset.node ?? ''} ${e.textContent ?? ''}`).sort());
    const before = await drawing();
    const nodes = (await seen()).map((s) => s.split(' ')[0]);
    await a.page.reload();
    await node(a.page, 'queue').waitFor();
    await expect.poll(() => drawing()).toEqual(before);
    await expect.poll(async () => (await seen()).map((s) => s.split(' ')[0])).toEqual(nodes);
    await node(a.page, 'create-order').getByText('order received').waitFor();
    await open('Deploy');
    await a.page.locator('.running').getByText('create complete').waitFor();
    await picture(a.page, 'journey-6-reloaded');
  });

  it('takes it down after its name was typed', async () => {
    await a.page.getByRole('button', { name: 'Take down …' }).click();
    const dialog = a.page.getByRole('dialog');
    const go = dialog.getByRole('button', { name: 'Take down' });
    await expect.poll(() => go.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('loca');
    await expect.poll(() => go.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('local');
    await go.click();
    await a.page.locator('.progress').getByText('succeeded').waitFor({ timeout: 60_000 });
    await a.page.locator('.running').waitFor({ state: 'detached' });
    expect((await rpc<{ deployment: unknown }>(a.page, 'deployment', { sandbox: 'local' })).deployment).toBeNull();
  });

  it('had no trouble that nobody saw', () => {
    expect(a.trouble).toEqual([]);
  });
});
