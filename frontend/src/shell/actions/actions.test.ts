import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBridge } from '../../bridge/fake';
import { action, actions, enabled } from '.';
import { App } from '../app';
import { matches, shown, type Stroke, Strokes } from '../keys';

const stroke = (key: string, more: Partial<Stroke> = {}): Stroke => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

describe('keys', () => {
  it.each([
    ['Ctrl+Z', stroke('z', { ctrlKey: true }), true],
    ['Ctrl+Z', stroke('Z', { ctrlKey: true, shiftKey: true }), false],
    ['Ctrl+Z', stroke('z', { metaKey: true }), true],
    ['Ctrl+Z', stroke('я', { code: 'KeyZ', ctrlKey: true }), true],
    ['Ctrl+Z', stroke('w', { code: 'KeyZ', ctrlKey: true }), false],
    ['Alt+Shift+D', stroke('Î', { code: 'KeyD', altKey: true, shiftKey: true }), true],
    ['Shift+1', stroke('!', { code: 'Digit1', shiftKey: true }), true],
    ['Ctrl++', stroke('+', { ctrlKey: true, shiftKey: true }), true],
    ['Ctrl+0', stroke('0', { code: 'Digit0', ctrlKey: true }), true],
    ['?', stroke('?', { shiftKey: true }), true],
    ['Delete', stroke('Delete'), true],
    ['W', stroke('w'), true],
    ['Shift+W', stroke('W', { shiftKey: true }), true],
    ['W', stroke('W', { shiftKey: true }), false],
  ])('%s', (text, e, yes) => {
    expect(matches(text, e)).toBe(yes);
  });

  it('follow one another within a moment', () => {
    const all = [{ keys: ['G U'] }, { keys: ['V'] }];
    const s = new Strokes();
    expect(s.find(all, stroke('g'), 0)).toBeNull();
    expect(s.find(all, stroke('u'), 500)).toBe(all[0]);
    expect(s.find(all, stroke('g'), 1000)).toBeNull();
    expect(s.find(all, stroke('u'), 9000)).toBeNull();
    expect(s.find(all, stroke('v'), 9100)).toBe(all[1]);
  });

  it('are shown as people say them', () => {
    expect(shown('Ctrl+Shift+D')).toBe('Ctrl Shift D');
    expect(shown('Alt+ArrowRight')).toBe('Alt →');
    expect(shown('Ctrl++')).toBe('Ctrl +');
    expect(shown('G U')).toBe('G then U');
  });
});

describe('the table of actions', () => {
  it('has every id and every key once', () => {
    const ids = actions.map((a) => a.id);
    expect(new Set(ids).size).toBe(ids.length);
    const keys = actions.flatMap((a) => [...(a.keys ?? [])]);
    expect(keys.filter((k, i) => keys.indexOf(k) !== i)).toEqual([]);
  });

  it('has every key of the canvas manners', () => {
    const keys = new Set(actions.flatMap((a) => [...(a.keys ?? [])]));
    const wanted =
      'V,H,Ctrl++,Ctrl+-,Ctrl+0,Shift+1,Shift+2,Ctrl+A,Escape,G U,G D,G C,Tab,Shift+Tab,Alt+ArrowLeft,Alt+ArrowRight,Alt+ArrowUp,Alt+ArrowDown,' +
      'ArrowUp,Shift+ArrowUp,Ctrl+D,Ctrl+C,Ctrl+V,Ctrl+G,Ctrl+Shift+G,Ctrl+Shift+L,Ctrl+Z,Ctrl+Shift+Z,Ctrl+Y,Enter,F2,Delete,Ctrl+F,Ctrl+K,' +
      'Ctrl+[,Ctrl+],Ctrl+Alt+C,Ctrl+Alt+V,Ctrl+Alt+T,Ctrl+Delete,Alt+A,Alt+D,Alt+W,Alt+S,Alt+H,Alt+V,Alt+Shift+H,Alt+Shift+V,' +
      'Ctrl+Shift+P,?,Ctrl+Shift+D,Ctrl+Shift+E,Alt+Shift+D';
    expect(wanted.split(',').filter((k) => !keys.has(k))).toEqual([]);
  });
});

describe('actions', () => {
  let app: App;
  const run = (id: string): unknown => {
    expect(enabled(app, action(id))).toBe(true);
    return action(id).run(app);
  };
  const names = (): string[] =>
    Object.values(app.session.design.nodes)
      .map((n) => n.name)
      .sort();

  beforeEach(async () => {
    const bridge = fakeBridge();
    await bridge.call('create', { name: 'shop', sample: 'orders' });
    app = new App(bridge);
    await app.session.load();
  });

  it('are not possible without a project or a selection', () => {
    expect(enabled(app, action('edit.duplicate'))).toBe(false);
    expect(enabled(app, action('edit.undo'))).toBe(false);
    expect(enabled(app, action('select.all'))).toBe(true);
    const empty = new App(fakeBridge());
    expect(actions.filter((a) => enabled(empty, a)).map((a) => a.group)).not.toContain('Edit');
  });

  it('duplicate, delete, undo and redo', async () => {
    app.session.select(['get-order']);
    const before = names();
    run('edit.duplicate');
    expect(names()).toContain('get-order-2');
    expect([...app.session.selection.get()]).toEqual(['get-order-2']);
    run('edit.delete');
    expect(names()).toEqual(before);
    await run('edit.undo');
    expect(names()).toContain('get-order-2');
    await run('edit.undo');
    expect(names()).toEqual(before);
    await run('edit.redo');
    expect(names()).toContain('get-order-2');
  });

  it('gather nudges into one step, and put them down before anything else happens', async () => {
    app.session.select(['orders']);
    const x = app.session.design.nodes.orders?.x ?? 0;
    run('nudge.right');
    run('nudge.right');
    run('nudge.grid.right');
    expect(app.session.design.nodes.orders?.x).toBe(x);
    run('select.all');
    expect(app.session.design.nodes.orders?.x).toBe(x + 26);
    await run('edit.undo');
    expect(app.session.design.nodes.orders?.x).toBe(x);
    expect(app.session.project.get()?.undo).toBe('');
  });

  it('neither move nor delete what is locked', () => {
    app.session.select(['orders']);
    run('arrange.lock');
    run('edit.delete');
    run('nudge.up');
    expect(app.session.design.nodes.orders?.locked).toBe(true);
    expect(app.board.gesture.get()).toBeNull();
    run('arrange.lock');
    expect(app.session.design.nodes.orders?.locked).toBeUndefined();
  });

  it('resize groups by keyboard, never below what lies in them', () => {
    app.session.select(['backend']);
    run('resize.wider');
    expect(app.session.design.nodes.backend?.w).toBe(628);
    for (let i = 0; i < 60; i++) run('resize.shorter');
    expect(app.session.design.nodes.backend?.h).toBe(408);
    app.session.select(['orders']);
    run('resize.wider');
    expect(app.session.design.nodes.orders?.w).toBeUndefined();
  });

  it('leave a text alone unless their keys write nothing', () => {
    for (const a of actions.filter((x) => x.anywhere)) {
      for (const k of a.keys ?? []) expect(k).toMatch(/^(Ctrl|Alt)\+/);
      expect(a.canvas).toBeUndefined();
    }
    for (const id of ['edit.duplicate', 'edit.undo', 'select.all', 'arrange.group'])
      expect(action(id).anywhere).toBeUndefined();
  });

  it('group and ungroup', () => {
    app.session.select(['shop-api', 'daily']);
    run('arrange.group');
    const [group] = app.session.selection.get();
    expect(app.session.design.nodes.daily?.parent).toBe(group);
    run('arrange.ungroup');
    expect(app.session.design.nodes[group ?? '']).toBeUndefined();
    expect([...app.session.selection.get()].sort()).toEqual(['daily', 'shop-api']);
  });

  it('align and distribute in one step each', async () => {
    app.session.select(['create-order', 'get-order', 'report']);
    run('arrange.right');
    app.session.select(['create-order', 'get-order', 'daily']);
    run('arrange.distribute.y');
    const y = (id: string): number => app.session.design.nodes[id]?.y ?? NaN;
    expect(y('get-order')).toBe((y('create-order') + y('daily')) / 2);
    await vi.waitFor(() => {
      expect(app.session.project.get()?.saving.state).toBe('saved');
    });
    await run('edit.undo');
    expect(y('get-order')).toBe(256);
    app.session.select(['daily']);
    expect(enabled(app, action('arrange.left'))).toBe(false);
  });

  it('tidy all or the selection, but never what is locked, in one step', async () => {
    app.session.select(['orders']);
    run('arrange.lock');
    app.session.select(['daily', 'report', 'orders']);
    const x = (id: string): number => app.session.design.nodes[id]?.x ?? NaN;
    const [orders, api, daily] = ['orders', 'shop-api', 'daily'].map(x);
    await run('arrange.tidy.down');
    expect([x('orders'), x('shop-api')]).toEqual([orders, api]);
    expect(x('report')).toBe(x('daily'));
    await vi.waitFor(() => {
      expect(app.session.project.get()?.undo).toBe('tidy 3 nodes');
    });
    await run('edit.undo');
    expect(x('daily')).toBe(daily);
    app.session.select([]);
    await run('arrange.tidy');
    expect(x('shop-api')).not.toBe(api);
  });

  it('copy settings to nodes of the same kind, but not where a function has its code', async () => {
    const props = (id: string) => app.session.design.nodes[id]?.props ?? {};
    app.session.select(['create-order']);
    const set = { memory: 1024, source: 'functions/create-order' };
    const before = app.session.design.nodes['create-order'];
    if (!before) throw new Error('the sample has it');
    const updated = { 'create-order': { before, after: { ...before, props: set } } };
    void app.session.edit({ nodes: { updated } }, 'set');
    run('edit.settings.copy');
    app.session.select(['orders']);
    expect(enabled(app, action('edit.settings.paste'))).toBe(false);
    app.session.select(['orders', 'get-order', 'report']);
    run('edit.settings.paste');
    expect(props('get-order')).toEqual({ memory: 1024 });
    expect(props('report')).toEqual({ memory: 1024 });
    expect(props('orders')).not.toHaveProperty('memory');
    await vi.waitFor(() => {
      expect(app.session.project.get()?.undo).toBe('set up 2 nodes as create-order');
    });
  });

  it('spread the selection along the wires', () => {
    app.session.select(['daily']);
    run('select.downstream');
    expect([...app.session.selection.get()].sort()).toEqual(['daily', 'orders', 'report']);
    run('select.upstream');
    expect(app.session.selection.get().size).toBe(6);
  });

  it('back out one level at a time', () => {
    app.session.select(['daily']);
    app.board.tool.set('hand');
    app.board.asking.set({ kind: 'target', at: { x: 0, y: 0 }, from: null, spot: { x: 0, y: 0 }, others: false });
    run('select.escape');
    expect(app.board.asking.get()).toBeNull();
    expect(app.board.tool.get()).toBe('hand');
    run('select.escape');
    expect(app.board.tool.get()).toBe('select');
    expect(app.session.selection.get().size).toBe(1);
    run('select.escape');
    expect(app.session.selection.get().size).toBe(0);
  });

  it('show the plan of what is saved', async () => {
    app.session.select(['orders']);
    run('edit.duplicate');
    await run('run.deploy');
    expect(app.session.prefs.get()).toMatchObject({ dock: true, dockTab: 'deploy' });
    expect(app.session.deployer.state.get().marks.get('orders-2')?.action).toBe('add');
  });
});
