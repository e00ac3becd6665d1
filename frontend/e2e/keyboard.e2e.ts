// A system drawn, wired and set up without a pointer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Airloom, node, picture, pictureFailures, rpc, start, typeIn } from './airloom';

interface Drawing {
  project: {
    design: {
      nodes: Record<string, { name: string; kind: string; props?: Record<string, unknown> }>;
      edges: Record<string, { from: { node: string }; to: { node: string }; protocol: string; access?: string }>;
    };
  };
}

describe('with the keyboard alone', () => {
  let a: Airloom;
  beforeAll(async () => {
    a = await start();
  });
  afterAll(() => a.stop());
  pictureFailures(() => a.page);

  const press = async (...keys: string[]): Promise<void> => {
    for (const k of keys) await a.page.keyboard.press(k);
  };
  const type = (text: string): Promise<void> => typeIn(a.page, text);
  const focused = () =>
    a.page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
    );
  const drawing = async () => (await rpc<Drawing>(a.page, 'start')).project.design;
  /** Tabs to what has the name. */
  const tabTo = async (name: RegExp, back = false): Promise<void> => {
    const seen: string[] = [];
    for (let i = 0; i < 60; i++) {
      await press(back ? 'Shift+Tab' : 'Tab');
      const at = await focused();
      if (name.test(at)) return;
      seen.push(at.slice(0, 40));
    }
    throw new Error(`nothing called ${String(name)} can be reached, only ${seen.join(' | ')}`);
  };

  /** Goes through the drawing to a node. */
  const turnTo = async (id: string): Promise<void> => {
    await a.page.locator('#canvas').focus();
    for (const key of ['Tab', 'Tab', 'Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab']) {
      await press(key);
      // The focus follows with the next frame.
      const at = await a.page.evaluate(async () => {
        for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
        return (document.activeElement as HTMLElement | null)?.dataset.node;
      });
      if (at === id) return;
    }
    throw new Error(`${id} cannot be reached`);
  };

  it('makes a project', async () => {
    await a.page.getByRole('heading', { name: 'Airloom' }).waitFor();
    await tabTo(/^New project/);
    await press('Enter');
    await a.page.getByRole('dialog').waitFor();
    await type('keys');
    await press('Enter');
    await a.page.locator('#canvas').waitFor();
  });

  it('adds nodes at the canvas and from the palette', async () => {
    await tabTo(/^Empty drawing/);
    await press('a');
    await a.page.getByRole('combobox', { name: 'Add a node' }).waitFor();
    await type('lambda');
    await press('Enter');
    await node(a.page, 'function').waitFor();
    await tabTo(/^Search what can be added/, true);
    await type('queue');
    await press('Enter');
    await node(a.page, 'queue').waitFor();
    await expect.poll(async () => Object.keys((await drawing()).nodes).sort()).toEqual(['function', 'queue']);
  });

  it('wires them', async () => {
    await turnTo('function');
    await press('w');
    await a.page.getByRole('combobox', { name: 'Wire function to' }).waitFor();
    await type('queue');
    await press('Enter');
    await a.page.getByRole('menu').waitFor();
    await press('Enter');
    await expect
      .poll(async () =>
        Object.values((await drawing()).edges).map((e) => [e.from.node, e.protocol, e.access, e.to.node]),
      )
      .toEqual([['function', 'call', 'send', 'queue']]);
  });

  it('sets a property, and sees why a value is wrong', async () => {
    await turnTo('function');
    await press('Enter');
    await expect.poll(focused).toBe('Name');
    await tabTo(/^Timeout$/);
    await type('9000');
    await press('Enter');
    await a.page.getByRole('alert').getByText('Between 1 and 900 s.').waitFor();
    await expect.poll(async () => (await drawing()).nodes.function?.props?.timeout).toBe(9000);
    await press('Control+a');
    await type('30');
    await press('ArrowUp', 'Enter');
    await expect.poll(async () => (await drawing()).nodes.function?.props?.timeout).toBe(31);
    await expect.poll(() => a.page.getByRole('alert').count()).toBe(0);
    await tabTo(/^Reset Timeout/, true);
    await press('Enter');
    await expect.poll(async () => (await drawing()).nodes.function?.props).toBeUndefined();
    await picture(a.page, 'keyboard-1');
  });

  it('goes to a finding', async () => {
    await press('Control+k');
    await type('show the findings');
    await press('Enter');
    await a.page.getByRole('tabpanel', { name: /Findings/ }).waitFor();
  });

  it('had no trouble that nobody saw', () => {
    expect(a.trouble).toEqual([]);
  });
});
