import { expect, it } from 'vitest';
import { menuBar } from './menubar';

// The window has its bar before it has a page: Go embeds this file. `npm test -- -u` writes it anew.
it('the menu bar that Go has is that of the table of actions', async () => {
  await expect(`${JSON.stringify(menuBar(), null, 2)}\n`).toMatchFileSnapshot('../../../app/cli/menu.json');
});

it('every menu of the bar holds something', () => {
  for (const menu of menuBar()) expect(menu.Items?.length, menu.Title).toBeGreaterThan(1);
});
