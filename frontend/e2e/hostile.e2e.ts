// Whatever a drawing, a cloud or a function says is shown as it is: nothing of it runs, loads or leads away.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Airloom, newProject, node, picture, pictureFailures, rpc, start } from './airloom';
import { payloads } from './payloads';

const kinds = ['aws.lambda', 'aws.sqs', 'note', 'aws.httpapi', 'group'];

const idOf = (i: number): string => `n${String(i)}`;

/** A node whose every text is hostile, in a grid of its kind. */
function hostile(text: string, i: number): Record<string, unknown> {
  const kind = kinds[i % kinds.length] ?? 'note';
  const props: Record<string, unknown> =
    kind === 'note' || kind === 'group'
      ? { text, color: text }
      : kind === 'aws.lambda'
        ? { handler: text, runtime: text, environment: { [text]: text }, externals: [text], memory: text, nobody: text }
        : { type: text, queueName: text, cors: text, nobody: { [text]: [text] } };
  const size = kind === 'note' || kind === 'group' ? { w: 200, h: 64 } : {};
  return { id: idOf(i), kind, name: text, x: (i % 20) * 240, y: Math.floor(i / 20) * 120, props, ...size };
}

describe('hostile texts', () => {
  let a: Airloom;
  beforeAll(async () => {
    a = await start();
    await newProject(a.page, 'hostile');
    const nodes = Object.fromEntries(payloads.map((text, i) => [idOf(i), hostile(text, i)]));
    const wires = Object.fromEntries(
      payloads.flatMap((text, i) => {
        if (i % kinds.length !== 0 || i + 1 >= payloads.length) return [];
        const id = `w${String(i)}`;
        return [
          [
            id,
            {
              id,
              from: { node: idOf(i), port: 'out' },
              to: { node: idOf(i + 1), port: 'in' },
              protocol: 'call',
              access: 'send',
              props: { path: text, method: text, variable: text },
            },
          ],
        ];
      }),
    );
    await rpc(a.page, 'edit', {
      base: 0,
      label: payloads[2],
      diff: { nodes: { added: nodes }, edges: { added: wires } },
    });
    await a.page.reload();
    await a.page.locator('.react-flow').waitFor();
  });
  afterAll(() => a.stop());
  pictureFailures(() => a.page);

  /** Nothing ran, nothing came to be that the interface itself does not make. */
  const intact = async (): Promise<void> => {
    expect(a.trouble).toEqual([]);
    const found = await a.page.evaluate(() => ({
      hit: (globalThis as { __hit?: number }).__hit ?? 0,
      strange: [
        ...document.querySelectorAll(
          'script:not([src]), iframe, object, embed, base, form[action], meta[http-equiv], svg script, foreignObject, animate, video, math, template, style:not([data-vite-dev-id])',
        ),
      ].map((e) => e.outerHTML.slice(0, 120)),
      sources: [...document.querySelectorAll('img')]
        .map((e) => e.src)
        .filter((s) => !s.startsWith('data:image/svg+xml,') && !s.startsWith(`${location.origin}/assets/`)),
      links: [...document.querySelectorAll('a')]
        .map((e) => e.href)
        .filter((h) => !h.startsWith('https://') && !h.startsWith('http://127.0.0.1:')),
      handlers: [...document.querySelectorAll('*')].flatMap((e) =>
        e.getAttributeNames().filter((n) => n.startsWith('on')),
      ),
    }));
    expect(found).toEqual({ hit: 0, strange: [], sources: [], links: [], handlers: [] });
  };

  it(`are ${String(payloads.length)} different ones`, () => {
    expect(new Set(payloads).size).toBe(payloads.length);
    expect(payloads.length).toBeGreaterThanOrEqual(200);
  });

  it('are the names of nodes', async () => {
    await a.page.keyboard.press('Shift+1');
    await node(a.page, idOf(payloads.length - 1)).waitFor({ state: 'attached' });
    for (const [i, text] of payloads.entries()) {
      const shown = await node(a.page, idOf(i)).textContent();
      expect(shown, `node ${String(i)}`).toContain(text);
    }
    await picture(a.page, 'hostile-1-canvas');
    await intact();
  });

  it('are what the inspector shows and edits', async () => {
    for (const [i, text] of payloads.entries()) {
      // One of each seed, of each kind: the forms are the same for the rest.
      if (i % 7 !== 0) continue;
      await a.page.evaluate((id) => document.querySelector<HTMLElement>(`[data-node="${id}"]`)?.focus(), idOf(i));
      await node(a.page, idOf(i)).dispatchEvent('pointerdown', {
        button: 0,
        isPrimary: true,
        pointerId: 1,
        bubbles: true,
      });
      await node(a.page, idOf(i)).dispatchEvent('pointerup', {
        button: 0,
        isPrimary: true,
        pointerId: 1,
        bubbles: true,
      });
      await expect.poll(() => a.page.getByLabel('Name', { exact: true }).inputValue()).toBe(text);
    }
    await picture(a.page, 'hostile-2-inspector');
    await intact();
    await a.page.keyboard.press('Control+f');
    const find = a.page.getByRole('search', { name: 'Find on the drawing' }).getByRole('combobox');
    for (const text of payloads.slice(0, 50)) await find.fill(text);
    await intact();
    await find.press('Escape');
  });

  it('are findings, template and project', async () => {
    await a.page.getByRole('tab', { name: 'Findings' }).click();
    await a.page.locator('.found').first().waitFor();
    const all = a.page.getByRole('button', { name: /^Show all/ });
    if (await all.isVisible()) await all.click();
    await a.page.getByRole('tab', { name: 'Template', exact: true }).click();
    await a.page.locator('.template').waitFor();
    await picture(a.page, 'hostile-3-findings');
    await intact();
  });

  it('are what a cloud and a function say', async () => {
    const texts = JSON.stringify(payloads);
    expect(JSON.parse(texts)).toHaveLength(payloads.length);
    const [one = ''] = payloads;
    const answer = (op: string, body: (text: string, i: number) => unknown) =>
      a.page.route(`**/rpc/${op}`, (route) => route.fulfill({ json: body(one, 0) }));
    const many = <T>(make: (text: string, i: number) => T): T[] => payloads.map(make);
    const identity = {
      name: 'local',
      type: 'local',
      stack: one,
      account: one,
      region: one,
      caller: one,
      endpoint: one,
      warnings: payloads,
    };
    await answer('plan', () => ({
      id: 'plan-1',
      sandbox: identity,
      method: 'create',
      changes: many((text, i) => ({
        node: idOf(i),
        logicalId: `${String(i)}${text}`,
        type: text,
        action: 'update',
        reason: text,
        properties: [text],
        destructive: i % 2 === 0,
      })),
      refusals: many((text) => ({ rule: text, severity: 'error', message: text, hint: text, source: text })),
      notes: payloads,
      applyable: false,
      bundle: one,
    }));
    await answer('deployment', () => ({
      deployment: {
        sandbox: identity,
        status: one,
        reason: one,
        bundle: one,
        outputs: Object.fromEntries(many((text, i) => [`${String(i)}${text}`, text])),
        resources: many((text, i) => ({
          logicalId: `${String(i)}${text}`,
          node: idOf(i),
          type: text,
          physicalId: text,
          status: text,
        })),
        urls: many((text, i) => ({ node: idOf(i), title: text, url: text })),
        started: one,
        ended: one,
      },
    }));
    await answer('call', () => ({
      status: 200,
      header: Object.fromEntries(many((t, i) => [`${String(i)}${t}`, t])),
      body: payloads.join('\n'),
      error: one,
      logTail: payloads.join('\n'),
      durationMs: 1,
    }));
    await answer('follow', () => ({}));
    await answer('logs', () => ({
      events: many((text, i) => ({
        seq: i,
        time: new Date(1e12 + i).toISOString(),
        type: 'log',
        node: idOf(i),
        level: 'info',
        text,
        data: { requestId: text },
      })),
    }));
    await a.page.reload();
    await node(a.page, idOf(0)).waitFor({ state: 'attached' });

    await a.page.getByRole('tab', { name: 'Deploy', exact: true }).click();
    await a.page.locator('.running').waitFor();
    await a.page.getByRole('button', { name: 'Plan', exact: true }).click();
    await a.page.locator('.plan').waitFor();
    const plan = (await a.page.locator('.deploy').textContent()) ?? '';
    for (const text of payloads) expect(plan).toContain(text);
    await picture(a.page, 'hostile-4-deploy');
    await intact();

    await a.page.getByRole('tab', { name: 'Call', exact: true }).click();
    await a.page.getByRole('button', { name: 'Send' }).click();
    await a.page.locator('.call-answer summary').first().waitFor();
    for (const s of await a.page.locator('.call-answer details:not([open]) summary').all()) await s.click();
    const called = (await a.page.locator('.call-answer').textContent()) ?? '';
    for (const text of payloads) expect(called).toContain(text);
    await intact();

    await a.page.getByRole('tab', { name: 'Logs', exact: true }).click();
    for (const text of payloads) {
      await a.page.getByLabel('Find in the lines').fill(text);
      await expect
        .poll(async () => (await a.page.locator('.log-line').allTextContents()).some((l) => l.endsWith(text)), {
          message: text,
        })
        .toBe(true);
    }
    await a.page.locator('.log-line').first().click();
    await a.page.locator('.log-detail').waitFor();
    await picture(a.page, 'hostile-5-logs');
    await intact();
  });
});
