import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBridge } from '../bridge/fake';
import { setField } from '../design/edits';
import { Session } from '../session/session';
import { byRecord, Resources } from './resources';

describe('resources by record', () => {
  it('are those of the template that the trace names, without outputs', () => {
    const body = JSON.stringify({
      Resources: {
        Worker: { Type: 'AWS::Lambda::Function' },
        WorkerRole: { Type: 'AWS::IAM::Role' },
        Own: { Type: 'Custom::Thing' },
        Stray: { Type: 'AWS::S3::Bucket' },
      },
      Outputs: { WorkerArn: {} },
    });
    const trace = { Worker: 'worker', WorkerRole: 'worker', Own: 'own', WorkerArn: 'worker' };
    const found = byRecord({ body, trace });
    expect(found.get('worker')?.map((r) => r.short)).toEqual(['Function', 'Role']);
    expect(found.get('own')).toEqual([{ logicalId: 'Own', type: 'Custom::Thing', short: 'Thing' }]);
    expect(found.size).toBe(2);
  });
});

describe('the layer of resources', () => {
  let session: Session;
  beforeEach(async () => {
    const bridge = fakeBridge();
    await bridge.call('create', { name: 'shop', sample: 'orders' });
    session = new Session(bridge);
    await session.load();
  });

  it('asks only while it is followed, and again after an edit', async () => {
    const call = vi.spyOn(session.bridge, 'call');
    const asked = (): number => call.mock.calls.filter(([op]) => op === 'template').length;
    const r = new Resources(session);
    expect(asked()).toBe(0);
    const stop = r.follow();
    await vi.waitFor(() => {
      expect(r.found.get().get('orders')).toHaveLength(1);
    });
    await session.edit(setField(session.design, ['orders'], 'ttl', 'x'), 'set');
    await vi.waitFor(() => {
      expect(asked()).toBe(2);
    });
    stop();
    await session.edit(setField(session.design, ['orders'], 'ttl', 'y'), 'set');
    expect(asked()).toBe(2);
    expect(r.found.get().size).toBe(0);
  });
});
