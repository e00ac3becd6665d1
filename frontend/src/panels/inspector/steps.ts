// The first minutes in five steps. A step is done when what it asks for is there, in whatever way and order it came.

export interface Facts {
  nodes: number;
  wires: number;
  /** The template was looked at. */
  template: boolean;
  deployed: boolean;
  called: boolean;
}

export type StepID = 'palette' | 'wire' | 'template' | 'deploy' | 'call';

export interface Step {
  id: StepID;
  title: string;
  text: string;
  /** The title of what leads there, "" where it is in sight. */
  show: string;
  done: (f: Facts) => boolean;
}

export const steps: readonly Step[] = [
  {
    id: 'palette',
    title: 'Draw',
    text: 'Drag something from the palette onto the drawing, or choose it there and press Enter.',
    show: 'Go to the palette',
    done: (f) => f.nodes > 0,
  },
  {
    id: 'wire',
    title: 'Wire',
    text: 'Drag from the dot at a node’s edge to another node: what cannot be joined is dimmed. By keyboard, a node’s menu has “Wire to…”. The wire brings its permissions along.',
    show: '',
    done: (f) => f.wires > 0,
  },
  {
    id: 'template',
    title: 'Read',
    text: 'Every edit is in the CloudFormation template at once. A press on one of its lines selects where it comes from.',
    show: 'Show the template',
    done: (f) => f.template,
  },
  {
    id: 'deploy',
    title: 'Deploy',
    text: 'The embedded sandbox runs the same template on this machine, without an account. The plan says before what will change.',
    show: 'Show the plan',
    done: (f) => f.deployed,
  },
  {
    id: 'call',
    title: 'Call',
    text: 'Send a payload to something that runs, and read its answer and its log.',
    show: 'Show the calls',
    done: (f) => f.called,
  },
];

/** The step that is next, null once all are done. */
export const nextStep = (f: Facts): Step | null => steps.find((s) => !s.done(f)) ?? null;
