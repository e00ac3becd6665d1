// The panels at the real program: every type of field is set and kept, several nodes at once, what is wrong is said, a plan
// that loses data asks for a word of its own, and all of it at twice the size and in the dark.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Airloom, middle, newProject, node, picture, pictureFailures, rpc, start } from './airloom';

interface Drawing {
  project: {
    path: string;
    design: { revision: number; nodes: Record<string, { name: string; props?: Record<string, unknown> }> };
  };
}

const at = (id: string, kind: string, x: number, y: number, more: object = {}) => ({
  [id]: { id, kind, name: id, x, y, ...more },
});

describe('the panels', () => {
  let a: Airloom;
  beforeAll(async () => {
    a = await start();
    await newProject(a.page, 'panels');
    const nodes = {
      ...at('one', 'aws.lambda', 0, 0),
      ...at('two', 'aws.lambda', 0, 120, { props: { memory: 1024 } }),
      ...at('items', 'aws.dynamodb', 320, 0),
      ...at('any', 'aws.resource', 320, 120, { props: { type: 'AWS::GameLift::Fleet' } }),
      ...at('clock', 'aws.scheduler', -320, 0),
      ...at('frame', 'group', -360, 240, { w: 320, h: 160 }),
    };
    const edges = {
      'one-to-items': {
        id: 'one-to-items',
        from: { node: 'one', port: 'out' },
        to: { node: 'items', port: 'in' },
        protocol: 'call',
        access: 'read',
      },
      'clock-to-one': {
        id: 'clock-to-one',
        from: { node: 'clock', port: 'out' },
        to: { node: 'one', port: 'in' },
        protocol: 'schedule',
      },
    };
    await rpc(a.page, 'edit', { base: 0, label: 'begin', diff: { nodes: { added: nodes }, edges: { added: edges } } });
    await node(a.page, 'two').waitFor();
    await a.page.keyboard.press('Shift+1');
  });
  afterAll(() => a.stop());
  pictureFailures(() => a.page);

  const inspector = () => a.page.locator('.inspector');
  const choose = async (id: string): Promise<void> => {
    await node(a.page, id).click();
    await expect.poll(() => inspector().getByLabel('Name', { exact: true }).first().inputValue()).toBe(id);
  };
  const props = async (id: string) => (await rpc<Drawing>(a.page, 'start')).project.design.nodes[id]?.props;
  const unfold = async (title: string): Promise<void> => {
    const part = inspector()
      .locator('details', { has: a.page.locator('summary', { hasText: title }) })
      .first();
    if ((await part.getAttribute('open')) === null) await part.locator('summary').first().click();
  };
  /** Trusts the code where that is asked, and waits for the verdict. Trust is bound to what runs: another bundle asks again. */
  const trusted = async (verdict: string): Promise<void> => {
    const trust = a.page.getByRole('button', { name: 'Trust and run' });
    const done = a.page.locator('.running').getByText(verdict);
    await trust.or(done).first().waitFor();
    if (await trust.isVisible()) await trust.click();
    await done.waitFor();
  };
  const field = (name: string) => inspector().locator(`[data-field="${name}"]`);

  it('set numbers, choices, lists, maps and flags', async () => {
    await choose('one');
    await field('memory').getByRole('spinbutton').fill('2048');
    await field('runtime').getByRole('combobox').selectOption('python3.13');
    await field('environment').getByRole('button', { name: 'Add to Environment' }).click();
    await field('environment').getByLabel('Name, row 1').fill('STAGE');
    await field('environment').getByLabel('Value, row 1', { exact: true }).fill('test');
    await field('environment').getByRole('button', { name: 'Add to Environment' }).click();
    await field('environment').getByLabel('Name, row 2').fill('STAGE');
    await field('environment').getByText('This name is there already').waitFor();
    await field('environment').getByRole('button', { name: 'Remove row 2 of Environment' }).click();
    await field('environment').getByLabel('Value, row 1', { exact: true }).fill('test');
    await unfold('Build');
    await field('externals').getByRole('button', { name: 'Add to External modules' }).click();
    await field('externals').getByRole('textbox').fill('sharp');
    await unfold('Operation');
    await field('tracing').getByRole('switch').click();
    await expect
      .poll(() => props('one'))
      .toEqual({
        memory: 2048,
        runtime: 'python3.13',
        environment: { STAGE: 'test' },
        externals: ['sharp'],
        tracing: true,
      });
    await picture(a.page, 'panels-1-function');
    for (const name of ['Memory', 'Runtime', 'X-Ray tracing'])
      await inspector()
        .getByRole('button', { name: `Reset ${name} to its default` })
        .click();
    await field('environment').getByRole('button', { name: 'Remove row 1 of Environment' }).click();
    await expect.poll(() => props('one')).toEqual({ externals: ['sharp'] });
  });

  it('set tables, row by row', async () => {
    await choose('items');
    await unfold('Indexes');
    const rows = field('indexes');
    await rows.getByRole('button', { name: 'Add to Global indexes' }).click();
    await rows.getByLabel('Name, row 1').fill('by-status');
    await rows.getByText('Partition key is needed.').first().waitFor();
    await rows.getByLabel('Partition key, row 1').fill('status');
    await rows.getByRole('button', { name: 'Add to Global indexes' }).click();
    await rows.getByLabel('Name, row 2').fill('by-day');
    await rows.getByLabel('Partition key, row 2').fill('day');
    await expect
      .poll(() => props('items'))
      .toEqual({
        indexes: [
          { name: 'by-status', partitionKey: 'status' },
          { name: 'by-day', partitionKey: 'day' },
        ],
      });
    await expect.poll(() => rows.locator('.field-wrong').count()).toBe(0);
    await picture(a.page, 'panels-2-table');
    await rows.getByRole('button', { name: 'Remove row 1 of Global indexes' }).click();
    await expect.poll(() => props('items')).toEqual({ indexes: [{ name: 'by-day', partitionKey: 'day' }] });
  });

  it('keep JSON that is none yet, and say why', async () => {
    await choose('any');
    // The editor stands in a shadow root: its styles are adopted, which the policy of the page allows.
    const json = field('properties').locator('.cm-content');
    const written = async () => (await json.locator('.cm-line').allInnerTexts()).join('\n');
    await json.fill('{"Type": "String", ');
    await field('properties').getByText('Line 1, column 20: a name is missing').waitFor();
    await json.locator('.cm-lintRange-error, .cm-lintPoint-error').waitFor();
    await expect.poll(() => json.evaluate((el) => getComputedStyle(el).whiteSpace)).toBe('pre');
    await expect.poll(async () => (await props('any'))?.properties).toBe('{"Type": "String", ');
    await choose('one');
    await choose('any');
    expect((await written()).trim()).toBe('{"Type": "String",');
    await json.fill('{"Type": "String", "Value": "x"}');
    await expect.poll(async () => (await props('any'))?.properties).toEqual({ Type: 'String', Value: 'x' });
    await expect.poll(() => field('properties').getByText('kept as typed').count()).toBe(0);
    // What is typed stays as it is under the hand, and is laid out when the hand has gone.
    await expect.poll(() => written()).toBe('{"Type": "String", "Value": "x"}');
    await json.blur();
    await expect.poll(() => written()).toBe('{\n  "Type": "String",\n  "Value": "x"\n}');
    await picture(a.page, 'panels-3-json');
  });

  it('read schedules and colours', async () => {
    await choose('clock');
    const when = field('expression').getByRole('combobox').or(field('expression').getByRole('textbox'));
    await when.fill('cron(0 8 * * ? *)');
    await field('expression').getByText('At 08:00 UTC, every day.').waitFor();
    await expect
      .poll(() => field('expression').getByRole('list', { name: 'Next runs' }).getByText(', 08:00').count())
      .toBe(5);
    await picture(a.page, 'panels-4-schedule');
    await when.fill('every morning');
    await field('expression').getByText('rate(5 minutes), cron(0 8 * * ? *)').waitFor();
    await when.fill('rate(1 day)');
    await expect.poll(() => props('clock')).toEqual({ expression: 'rate(1 day)' });
    await node(a.page, 'frame').click({ position: { x: 140, y: 8 } });
    await field('color').getByRole('radio', { name: 'green' }).click();
    await a.page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await props('frame'))?.color).toBe('amber');
  });

  it('rename, and keep a name that is emptied', async () => {
    await choose('two');
    const name = inspector().getByLabel('Name', { exact: true });
    await name.fill('');
    await inspector().getByText('A name is needed').waitFor();
    await name.fill('second');
    await expect.poll(async () => (await rpc<Drawing>(a.page, 'start')).project.design.nodes.two?.name).toBe('second');
    await name.fill('two');
    await name.press('Enter');
    await expect.poll(async () => (await rpc<Drawing>(a.page, 'start')).project.design.nodes.two?.name).toBe('two');
  });

  it('edit several nodes at once', async () => {
    await node(a.page, 'one').click();
    await node(a.page, 'two').click({ modifiers: ['Shift'] });
    await inspector().getByRole('heading', { name: '2 selected' }).waitFor();
    const memory = field('memory').getByRole('spinbutton');
    await expect.poll(() => memory.getAttribute('placeholder')).toBe('mixed');
    await memory.fill('768');
    await expect.poll(async () => [(await props('one'))?.memory, (await props('two'))?.memory]).toEqual([768, 768]);
    await picture(a.page, 'panels-4-several');
    await a.page.keyboard.press('Escape');
  });

  it('choose how a wire is wired', async () => {
    const from = await middle(node(a.page, 'one'));
    const to = await middle(node(a.page, 'items'));
    await a.page.mouse.click((from.x + to.x) / 2, (from.y + to.y) / 2);
    const how = inspector().getByLabel('How it is wired');
    await how.selectOption({ label: 'calls · write' });
    await inspector().locator('.added li').getByText('dynamodb:PutItem').waitFor();
    await field('variable').getByRole('textbox').fill('TABLE');
    await inspector().locator('.added li').getByText('TABLE', { exact: true }).waitFor();
    await picture(a.page, 'panels-5-wire');
  });

  it('lose nothing while Airloom does not answer', async () => {
    await choose('one');
    await a.page.context().setOffline(true);
    await field('memory').getByRole('spinbutton').fill('896');
    await a.page.locator('.toolbar').getByText('Not saved').waitFor();
    await a.page.getByText('Airloom does not answer').first().waitFor();
    await picture(a.page, 'panels-unsaved');
    await a.page.context().setOffline(false);
    await a.page.locator('.toolbar').getByText('Saved', { exact: true }).waitFor();
    expect((await props('one'))?.memory).toBe(896);
  });

  it('list findings, and go to the place', async () => {
    await choose('one');
    await field('timeout').getByRole('spinbutton').fill('4000');
    await field('timeout').getByText('Between 1 and 900 s.').waitFor();
    await a.page.getByRole('tab', { name: /^Findings/ }).click();
    const found = a.page.locator('.found-error', { hasText: 'Timeout' });
    await found.waitFor();
    await picture(a.page, 'panels-6-findings');
    await node(a.page, 'items').click();
    await found.getByRole('button').first().click();
    await a.page.getByRole('tab', { name: 'Properties' }).click();
    await expect.poll(() => inspector().getByLabel('Name', { exact: true }).inputValue()).toBe('one');
    await field('timeout').getByRole('button', { name: 'Reset Timeout to its default' }).click();
    await expect.poll(async () => (await props('one'))?.timeout).toBeUndefined();
  });

  it('show what keeps a plan from being made, then ask for a word of its own where data is lost', async () => {
    await a.page.getByRole('tab', { name: 'Deploy', exact: true }).click();
    await a.page.getByRole('button', { name: 'Plan', exact: true }).click();
    await a.page.locator('.deploy .notice-danger').first().waitFor();
    await picture(a.page, 'panels-7-refused');
    // What has no source, and what this sandbox does not know, leaves the drawing.
    for (const id of ['one', 'two', 'any', 'clock']) {
      await choose(id);
      await a.page.locator('#canvas').focus();
      await a.page.keyboard.press('Delete');
      await node(a.page, id).waitFor({ state: 'detached' });
    }
    await a.page.keyboard.press('Control+Shift+D');
    await a.page.getByRole('button', { name: 'Deploy to local' }).click();
    await trusted('create complete');

    await choose('items');
    await a.page.locator('#canvas').focus();
    await a.page.keyboard.press('Delete');
    await node(a.page, 'items').waitFor({ state: 'detached' });
    await a.page.keyboard.press('Control+Shift+D');
    const go = a.page.getByRole('button', { name: 'Deploy to local' });
    await go.waitFor();
    await a.page.locator('.plan-destructive').first().waitFor();
    await expect.poll(() => go.isDisabled()).toBe(true);
    await picture(a.page, 'panels-8-destructive');
    await a.page.getByRole('checkbox').check();
    await go.click();
    await trusted('update complete');
  });

  it('fit a screen at twice the size, and the dark', async () => {
    await a.page.setViewportSize({ width: 720, height: 450 });
    for (const tab of ['Template', 'Deploy', 'Call', 'Logs']) {
      await a.page.getByRole('tab', { name: tab, exact: true }).click();
      await a.page.locator('#dock-panel').waitFor();
      const wide = await a.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, tab).toBeLessThanOrEqual(0);
    }
    await picture(a.page, 'panels-9-twice');
    await a.page.setViewportSize({ width: 1440, height: 900 });
    await a.page.keyboard.press('Alt+Shift+D');
    await a.page.keyboard.press('Alt+Shift+D');
    await picture(a.page, 'panels-10-dark');
  });

  it('had no trouble that nobody saw', () => {
    expect(a.trouble).toEqual([]);
  });
});
