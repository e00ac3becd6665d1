import { describe, expect, it } from 'vitest';
import type { Finding } from '../../bridge/api';
import type { Spec } from '../../catalog/types';
import { fixture } from '../../design/fixture';
import { find, type Haystack, parse } from './query';

const titles: Record<string, string> = {
  'aws.lambda': 'Lambda function',
  'aws.sqs': 'SQS queue',
  'aws.httpapi': 'HTTP API',
};
const finding: Finding = { rule: 'dlq', severity: 'warning', message: 'no dead letters' };

function haystack(): Haystack {
  const design = fixture();
  const { worker, queue } = design.nodes;
  if (worker) worker.props = { memory: 512, key: 'hush', tags: { team: 'Red' } };
  if (queue) queue.props = { tags: ['blue'] };
  return {
    design,
    spec: (id) =>
      ({
        id,
        title: titles[id] ?? id,
        noun: 'thing',
        fields: [{ name: 'key', title: 'Key', type: 'text', sensitive: true }],
      }) as unknown as Spec,
    verb: (p) => `${p}s`,
    found: new Map([['queue', [finding]]]),
  };
}

const hits = (q: string): string[] => find(q, haystack());

describe('what is typed to find', () => {
  it('is words, filters, exceptions and quotes', () => {
    expect(parse('a KIND:sqs -name:"b c" tag: "d e')).toEqual([
      { filter: null, text: 'a', not: false },
      { filter: 'kind', text: 'sqs', not: false },
      { filter: 'name', text: 'b c', not: true },
      { filter: 'tag', text: '', not: false },
      { filter: null, text: 'd e', not: false },
    ]);
    expect(parse('  ')).toEqual([]);
    expect(parse('http://x')).toEqual([{ filter: null, text: 'http://x', not: false }]);
  });

  it.each([
    ['que', ['queue']],
    ['lambda', ['worker']],
    ['work lamb', ['worker']],
    ['kind:sqs', ['queue']],
    ['kind:"sqs queue"', ['queue']],
    ['kind:wire', ['api-to-worker', 'worker-to-queue']],
    ['name:a', ['api', 'box', 'api-to-worker']],
    ['tag:team=red', ['worker']],
    ['tag:', ['queue', 'worker']],
    ['tag: -tag:blue', ['worker']],
    ['finding:', ['queue']],
    ['finding:warning', ['queue']],
    ['finding:error', []],
    ['finding:dlq kind:lambda', []],
    ['512', ['worker']],
    ['hush', []],
    ['send', ['worker-to-queue']],
    ['', []],
  ])('%s', (query, ids) => {
    expect(hits(query).sort()).toEqual([...ids].sort());
  });

  it('gives names that begin with it first', () => {
    const h = haystack();
    if (h.design.nodes.box) h.design.nodes.box.name = 'a queue group';
    expect(find('queue', h)[0]).toBe('queue');
  });
});
