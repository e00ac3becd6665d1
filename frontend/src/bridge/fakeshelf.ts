// The shelf and the sample of the fake: one kind for every field type, shape and protocol that the page must handle.
import type { Field, Port, Protocol, Spec } from '../catalog/types';
import type { Design } from '../design/types';

const icon = (color: string, path: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="${color}" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"><path d="${path}"/></svg>`;

export const fakeProtocols: Protocol[] = [
  { id: 'call', title: 'calls', help: 'The source calls the target’s API.' },
  { id: 'push', title: 'notifies', help: 'The source invokes the target when something happens.' },
  { id: 'poll', title: 'feeds', help: 'Lambda reads the source in batches.' },
  { id: 'route', title: 'routes to', help: 'A request that matches is answered by the target.' },
  { id: 'schedule', title: 'starts', help: 'The clock starts the target.' },
  { id: 'webhook', title: 'sends webhooks to', help: 'A third party posts signed events.' },
];

const text = (name: string, title: string, more: Partial<Field> = {}): Field => ({
  name,
  title,
  type: 'text',
  ...more,
});

const port = (
  id: string,
  title: string,
  dir: 'in' | 'out',
  speaks: [string, ...string[]][],
  more: Partial<Port> = {},
): Port => ({
  id,
  title,
  dir,
  speaks: speaks.map(([protocol, ...access]) => ({ protocol, access })),
  ...more,
});

const kind = (
  id: string,
  title: string,
  noun: string,
  category: string,
  summary: string,
  more: Partial<Spec>,
): Spec => ({
  id,
  title,
  noun,
  category,
  summary,
  icon: '',
  help: `# ${title}\n\n${summary}`,
  shape: 'node',
  fields: [],
  ports: [],
  ...more,
});

export const fakeKinds: Spec[] = [
  kind('aws.lambda', 'Lambda function', 'function', 'Compute', 'Runs your code when something calls it.', {
    icon: icon('#d9730d', 'M5 20 11 8 8 3h3l8 17h-3l-4-9-4 9z'),
    keywords: ['code', 'serverless', 'handler'],
    callable: true,
    sample: '{"hello": "world"}',
    doc: 'https://docs.aws.amazon.com/lambda/latest/dg/welcome.html',
    fields: [
      {
        name: 'runtime',
        title: 'Runtime',
        type: 'choice',
        options: ['nodejs22.x', 'nodejs24.x', 'python3.13', 'provided.al2023'],
        default: 'nodejs22.x',
      },
      text('handler', 'Handler', { default: 'index.handler' }),
      { name: 'source', title: 'Source folder', type: 'path', help: 'Relative to the project.' },
      { name: 'memory', title: 'Memory', type: 'number', min: 128, max: 10240, step: 1, unit: 'MB', default: 256 },
      { name: 'timeout', title: 'Timeout', type: 'number', min: 1, max: 900, step: 1, unit: 's', default: 10 },
      { name: 'variables', title: 'Variables', type: 'map', group: 'Environment' },
      { name: 'layers', title: 'Layers', type: 'list', group: 'Advanced' },
    ],
    ports: [
      port('in', 'Invoked by', 'in', [
        ['call', 'invoke'],
        ['push'],
        ['poll'],
        ['route'],
        ['schedule', 'invoke'],
        ['webhook'],
      ]),
      port('out', 'Calls', 'out', [['call', 'read', 'write', 'readwrite', 'send', 'publish', 'invoke', 'verify']]),
    ],
  }),
  kind('aws.httpapi', 'HTTP API', 'api', 'API', 'Answers HTTP requests with functions.', {
    icon: icon('#7c4dff', 'M4 8h12m0 0-4-4m4 4-4 4M20 16H8m0 0 4-4m-4 4 4 4'),
    callable: true,
    sample: '{"method": "GET", "path": "/"}',
    fields: [
      { name: 'cors', title: 'CORS', type: 'flag', default: false, help: 'Let browsers on other origins call it.' },
    ],
    ports: [
      port('out', 'Routes', 'out', [['route']], {
        fields: [
          {
            name: 'method',
            title: 'Method',
            type: 'choice',
            options: ['ANY', 'GET', 'POST', 'PUT', 'DELETE'],
            default: 'ANY',
          },
          text('path', 'Path', { default: '/', pattern: '/.*' }),
        ],
      }),
    ],
  }),
  kind('aws.dynamodb', 'DynamoDB table', 'table', 'Data', 'Keeps items by key.', {
    icon: icon('#2e73e5', 'M4 6c0-2 16-2 16 0v12c0 2-16 2-16 0zM4 6c0 2 16 2 16 0M4 12c0 2 16 2 16 0'),
    stateful: true,
    fields: [
      text('key', 'Partition key', { default: 'id', required: true }),
      {
        name: 'indexes',
        title: 'Indexes',
        type: 'rows',
        columns: [text('name', 'Name', { required: true }), text('key', 'Key', { required: true })],
      },
      { name: 'ttl', title: 'TTL attribute', type: 'text' },
    ],
    ports: [
      port('in', 'Access', 'in', [['call', 'readwrite', 'read', 'write']]),
      port('stream', 'Stream', 'out', [['poll']], { max: 2 }),
    ],
  }),
  kind('aws.sqs', 'SQS queue', 'queue', 'Messaging', 'Holds messages until a function has handled them.', {
    icon: icon('#c2366b', 'M4 7h16v10H4zM8 10v4M12 10v4M16 10v4'),
    keywords: ['message', 'fifo', 'dlq'],
    stateful: true,
    callable: true,
    sample: '{"hello": "queue"}',
    fields: [
      { name: 'type', title: 'Type', type: 'choice', options: ['standard', 'fifo'], default: 'standard' },
      { name: 'visibility', title: 'Visibility timeout', type: 'number', min: 0, max: 43200, step: 1, unit: 's' },
    ],
    ports: [
      port('in', 'Messages', 'in', [['call', 'send', 'deadletter'], ['push']]),
      port('out', 'Consumers', 'out', [['poll'], ['call', 'deadletter']], {
        fields: [{ name: 'batchSize', title: 'Batch size', type: 'number', min: 1, max: 10000, step: 1, default: 10 }],
      }),
    ],
  }),
  kind('aws.s3', 'S3 bucket', 'bucket', 'Data', 'Keeps files.', {
    icon: icon('#2f9e44', 'M4 6h16l-2 14H6zM4 6c0-3 16-3 16 0'),
    stateful: true,
    fields: [{ name: 'lifecycle', title: 'Lifecycle', type: 'json' }],
    ports: [
      port('in', 'Access', 'in', [['call', 'read', 'write', 'readwrite']]),
      port('out', 'Notifies', 'out', [['push']]),
    ],
  }),
  kind('aws.schedule', 'Schedule', 'schedule', 'Messaging', 'Starts things by the clock.', {
    icon: icon('#b8860b', 'M12 3a9 9 0 1 0 .01 0M12 7v5l3 3'),
    fields: [{ name: 'expression', title: 'When', type: 'cron', required: true, default: 'rate(1 day)' }],
    ports: [port('out', 'Starts', 'out', [['schedule']])],
  }),
  kind('saas.stripe', 'Stripe', 'stripe', 'Third party', 'Sends payment events.', {
    icon: icon('#635bff', 'M16 8c-3-2-7-1-7 1 0 3 7 2 7 6 0 3-5 3-8 1'),
    fields: [text('secret', 'Signing secret', { sensitive: true })],
    ports: [port('out', 'Webhooks', 'out', [['webhook']])],
  }),
  kind('group', 'Group', 'group', 'Drawing', 'Keeps things together.', {
    icon: icon('#868e96', 'M4 4h16v16H4z'),
    shape: 'group',
    fields: [
      {
        name: 'role',
        title: 'Stands for',
        type: 'choice',
        options: ['group', 'bounded context', 'service', 'team'],
        default: 'group',
      },
      { name: 'collapsed', title: 'Collapsed', type: 'flag' },
      {
        name: 'color',
        title: 'Colour',
        type: 'color',
        options: ['gray', 'blue', 'green', 'amber', 'red', 'violet'],
        default: 'gray',
      },
    ],
  }),
  kind('note', 'Note', 'note', 'Drawing', 'A text on the drawing.', {
    icon: icon('#b8860b', 'M5 4h14v11l-5 5H5zM14 20v-5h5'),
    shape: 'note',
    fields: [
      { name: 'text', title: 'Text', type: 'longtext' },
      {
        name: 'color',
        title: 'Colour',
        type: 'color',
        options: ['amber', 'gray', 'blue', 'green', 'red', 'violet'],
        default: 'amber',
      },
    ],
  }),
];

/** The orders sample, as the fake has it. */
export function fakeSample(): Design {
  const node = (id: string, kindID: string, name: string, x: number, y: number, more: object = {}) => ({
    [id]: { id, kind: kindID, name, x, y, ...more },
  });
  const edge = (from: string, to: string, fromPort: string, toPort: string, protocol: string, more: object = {}) => {
    const id = `${from}-to-${to}`;
    return { [id]: { id, from: { node: from, port: fromPort }, to: { node: to, port: toPort }, protocol, ...more } };
  };
  return {
    revision: 1,
    nodes: {
      ...node('backend', 'group', 'Backend', 340, 40, { w: 620, h: 440, props: { color: 'blue' } }),
      ...node('shop-api', 'aws.httpapi', 'shop-api', 60, 176),
      ...node('create-order', 'aws.lambda', 'create-order', 400, 112, { parent: 'backend' }),
      ...node('get-order', 'aws.lambda', 'get-order', 400, 256, { parent: 'backend' }),
      ...node('orders', 'aws.dynamodb', 'orders', 720, 200, { parent: 'backend' }),
      ...node('daily', 'aws.schedule', 'daily', 60, 376),
      ...node('report', 'aws.lambda', 'report', 400, 376, { parent: 'backend' }),
      ...node('hint', 'note', 'hint', 60, 40, {
        w: 220,
        h: 88,
        props: { text: 'Start here:\nPOST /orders stores an order.' },
      }),
    },
    edges: {
      ...edge('shop-api', 'create-order', 'out', 'in', 'route', { props: { method: 'POST', path: '/orders' } }),
      ...edge('shop-api', 'get-order', 'out', 'in', 'route', { props: { method: 'GET', path: '/orders/{id}' } }),
      ...edge('create-order', 'orders', 'out', 'in', 'call', { access: 'write' }),
      ...edge('get-order', 'orders', 'out', 'in', 'call', { access: 'read' }),
      ...edge('daily', 'report', 'out', 'in', 'schedule', { access: 'invoke' }),
      ...edge('report', 'orders', 'out', 'in', 'call', { access: 'read' }),
    },
    settings: { name: { id: 'name', value: 'orders' } },
  };
}
