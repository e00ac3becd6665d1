import { describe, expect, it } from 'vitest';
import { type Facts, nextStep, steps } from './steps';

const none: Facts = { nodes: 0, wires: 0, template: false, deployed: false, called: false };

describe('the first steps', () => {
  it('come one after the other, each once what it asks for is not there yet', () => {
    const facts: Partial<Facts>[] = [{}, { nodes: 2 }, { wires: 1 }, { template: true }, { deployed: true }];
    let f = none;
    const seen = facts.map((more) => {
      f = { ...f, ...more };
      return nextStep(f)?.id;
    });
    expect(seen).toEqual(steps.map((s) => s.id));
    expect(nextStep({ ...f, called: true })).toBeNull();
  });

  it('go back where something is taken away, and over what is there already', () => {
    expect(nextStep({ ...none, nodes: 3, wires: 2, deployed: true })?.id).toBe('template');
    expect(nextStep({ ...none, template: true, deployed: true })?.id).toBe('palette');
  });
});
