import { describe, expect, it } from 'vitest';
import { outline, parts } from './trace';

const json = `{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Resources": {
    "Orders": {
      "Type": "AWS::SQS::Queue",
      "Properties": {
        "Tags": [
          {"Key": "a"}
        ]
      }
    },
    "Worker": {
      "Type": "AWS::Lambda::Function"
    }
  },
  "Outputs": {
    "OrdersUrl": {
      "Value": {"Ref": "Orders"}
    }
  }
}
`;

const yaml = `AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      Text: |
        Worker: not a key of the template

        deeper
  "Worker":
    Type: AWS::Lambda::Function
Outputs:
  OrdersUrl:
    Value: !Ref Orders
`;

const of = (o: { lines: string[]; entries: string[] }, id: string): string[] =>
  o.lines.filter((_, i) => o.entries[i] === id).map((l) => l.trim());

describe('the outline of a template', () => {
  it('knows the lines of each entry of a JSON template', () => {
    const o = outline(json, 'json');
    expect(o.lines.length).toBe(21);
    expect(of(o, 'Orders')[0]).toBe('"Orders": {');
    expect(of(o, 'Orders').length).toBe(8);
    expect(of(o, 'Worker').length).toBe(3);
    expect(of(o, 'OrdersUrl').length).toBe(3);
    expect(of(o, '')).toEqual([
      '{',
      '"AWSTemplateFormatVersion": "2010-09-09",',
      '"Resources": {',
      '},',
      '"Outputs": {',
      '}',
      '}',
    ]);
  });

  it('knows those of a YAML template, quoted keys, blank lines and block texts included', () => {
    const o = outline(yaml, 'yaml');
    expect(of(o, 'Orders').length).toBe(7);
    expect(of(o, 'Worker')).toEqual(['"Worker":', 'Type: AWS::Lambda::Function']);
    expect(of(o, 'OrdersUrl').length).toBe(2);
  });

  it('is empty for an empty template', () => {
    expect(outline('', 'json').entries).toEqual(['']);
  });

  it('gives the whole line back in parts', () => {
    for (const line of [...json.split('\n'), ...yaml.split('\n')]) {
      const p = parts(line);
      expect(p.key + p.rest).toBe(line);
    }
    expect(parts('      - Key: a')).toEqual({ key: '      - Key:', rest: ' a' });
  });
});
