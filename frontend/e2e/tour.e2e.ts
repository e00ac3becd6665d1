// The first steps: done when what they ask for is there, in nobody's way, put away for good, back from the help menu.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Airloom, newProject, picture, pictureFailures, start, typeIn } from './airloom';

describe('the first steps', () => {
  let a: Airloom;
  beforeAll(async () => {
    a = await start();
    await newProject(a.page, 'tour');
  });
  afterAll(() => a.stop());
  pictureFailures(() => a.page);

  const tour = () => a.page.getByRole('region', { name: 'First steps' });
  const step = () => tour().locator('[aria-current="step"]').innerText();

  it('lead to the palette, and on once something is drawn', async () => {
    await expect.poll(() => step()).toBe('Draw');
    await picture(a.page, 'tour-1');
    await tour().getByRole('button', { name: 'Go to the palette' }).press('Enter');
    await typeIn(a.page, 'lambda');
    await a.page.keyboard.press('Enter');
    await expect.poll(step).toBe('Wire');
    await a.page.locator('[data-node]').first().waitFor();
  });

  it('stay where they are beside what is selected', async () => {
    await a.page.locator('.react-flow [data-node]').first().click();
    await expect.poll(() => step()).toBe('Wire');
    await tour().getByText('Drag from the dot').waitFor();
    await a.page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await picture(a.page, 'tour-2-dark');
    await a.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  });

  it('are put away for good, and come back', async () => {
    await tour().getByRole('button', { name: 'Put the first steps away' }).click();
    await expect.poll(() => tour().count()).toBe(0);
    await a.page.reload();
    await a.page.locator('.react-flow [data-node]').first().waitFor();
    await expect.poll(() => tour().count()).toBe(0);
    await a.page.keyboard.press('Control+k');
    await typeIn(a.page, 'First steps');
    await a.page.keyboard.press('Enter');
    await tour().waitFor();
  });

  it('had no trouble that nobody saw', () => {
    expect(a.trouble).toEqual([]);
  });
});
