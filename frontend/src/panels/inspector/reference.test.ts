import { describe, expect, it } from 'vitest';
import { isAttribute, referenceOf, referTo } from './reference';

describe('a reference', () => {
  it('is what was picked', () => {
    for (const [node, attribute] of [
      ['jobs', 'Ref'],
      ['jobs', 'Arn'],
      ['db', 'Endpoint.Port'],
    ] as const)
      expect(referenceOf(referTo(node, attribute))).toEqual({ node, attribute });
    expect(referTo('jobs', 'Ref')).toEqual({ $ref: 'jobs' });
    expect(referTo('jobs', 'Arn')).toEqual({ $getAtt: ['jobs', 'Arn'] });
    expect(referenceOf({ $param: 'Stage' })).toEqual({ param: 'Stage' });
  });

  it('is nothing that was typed', () => {
    for (const odd of [
      '{"$ref": "jobs"}',
      '${Jobs}',
      null,
      [],
      {},
      { $ref: 7 },
      { $ref: 'a', more: 1 },
      { $getAtt: ['a'] },
    ])
      expect(referenceOf(odd)).toBeNull();
    for (const [text, ok] of [
      ['Arn', true],
      ['Endpoint.Port', true],
      ['', false],
      ['a b', false],
      ['Arn}', false],
      ['.Arn', false],
    ] as const)
      expect(isAttribute(text)).toBe(ok);
  });
});
