// A small drawing for tests: an API that calls a worker, which sends to a queue; the last two lie in a group.
import type { Design } from './types';

export const fixture = (): Design => ({
  revision: 1,
  nodes: {
    api: { id: 'api', kind: 'aws.httpapi', name: 'api', x: 40, y: 120 },
    box: { id: 'box', kind: 'group', name: 'Backend', x: 360, y: 40, w: 600, h: 240 },
    worker: { id: 'worker', kind: 'aws.lambda', name: 'worker', x: 400, y: 120, parent: 'box' },
    queue: { id: 'queue', kind: 'aws.sqs', name: 'queue', x: 720, y: 120, parent: 'box' },
  },
  edges: {
    'api-to-worker': {
      id: 'api-to-worker',
      from: { node: 'api', port: 'out' },
      to: { node: 'worker', port: 'in' },
      protocol: 'route',
    },
    'worker-to-queue': {
      id: 'worker-to-queue',
      from: { node: 'worker', port: 'out' },
      to: { node: 'queue', port: 'in' },
      protocol: 'call',
      access: 'send',
    },
  },
  settings: {},
});
