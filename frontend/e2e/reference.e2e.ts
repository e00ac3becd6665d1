// Values that another node gives: picked, shown as a chip, a function in the template.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Airloom, newProject, node, picture, pictureFailures, rpc, start } from './airloom';

describe('a reference', () => {
  let a: Airloom;
  beforeAll(async () => {
    a = await start();
    await newProject(a.page, 'references');
    const at = (id: string, kind: string, x: number) => ({ [id]: { id, kind, name: id, x, y: 0 } });
    await rpc(a.page, 'edit', {
      base: 0,
      label: 'begin',
      diff: { nodes: { added: { ...at('work', 'aws.lambda', 0), ...at('jobs', 'aws.sqs', 320) } } },
    });
    await node(a.page, 'work').waitFor();
    await a.page.keyboard.press('Shift+1');
  });
  afterAll(() => a.stop());
  pictureFailures(() => a.page);

  const template = async () => (await rpc<{ body: string }>(a.page, 'template', { format: 'yaml' })).body;

  it('is picked for a variable, and generated', async () => {
    await node(a.page, 'work').click();
    const field = a.page.locator('[data-field="environment"]');
    await field.getByRole('button', { name: 'Add to Environment' }).click();
    await field.getByLabel('Name, row 1').fill('QUEUE');
    await field.getByRole('button', { name: 'Take Value, row 1 from another node' }).click();
    await field.getByLabel('Node that gives Value, row 1').selectOption('jobs');
    await field.getByRole('button', { name: 'jobs', exact: true }).waitFor();
    await expect.poll(template).toContain('QUEUE: !Ref Jobs');
    await field.getByLabel('Attribute that gives Value, row 1').fill('Arn');
    await expect.poll(template).toContain('QUEUE: !GetAtt Jobs.Arn');
    await expect.poll(() => a.page.locator('.field-wrong, .field-remark-error').count()).toBe(0);
    await picture(a.page, 'reference-1');
    await field.getByRole('button', { name: 'Write Value, row 1 instead' }).click();
    await field.getByLabel('Value, row 1', { exact: true }).fill('${Jobs.Arn}');
    await expect.poll(template).toContain('QUEUE: "${Jobs.Arn}"');
  });

  it('had no trouble that nobody saw', () => {
    expect(a.trouble).toEqual([]);
  });
});
