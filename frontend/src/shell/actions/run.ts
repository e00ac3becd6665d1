import { deployNow } from '../deploy';
import { focusIn } from '../app';
import { type Action, open } from './action';

export const run: Action[] = [
  {
    id: 'run.deploy',
    anywhere: true,
    title: 'Deploy…',
    group: 'Run',
    icon: 'deploy',
    keys: ['Ctrl+Shift+D'],
    when: open,
    run: (a) => deployNow(a),
  },
  ...(['table', 'template', 'deploy', 'call', 'logs'] as const).map((tab): Action => ({
    id: `dock.${tab}`,
    title: {
      table: 'All nodes in a table',
      template: 'Show the template',
      deploy: 'Show the deployment',
      call: 'Call a node…',
      logs: 'Show the logs',
    }[tab],
    group: 'Run',
    icon: tab === 'deploy' ? 'cloud' : tab,
    ...(tab === 'table' ? { keys: ['Ctrl+Alt+5'], anywhere: true } : {}),
    when: open,
    run: (a) => {
      a.showDock(tab);
      if (tab === 'table') focusIn('#dock-panel');
    },
  })),
  {
    id: 'side.findings',
    title: 'Show the findings',
    group: 'Run',
    icon: 'findings',
    when: open,
    run: (a) => {
      a.showSide('findings');
    },
  },
];

export const help: Action[] = [
  {
    id: 'help.commands',
    anywhere: true,
    title: 'All commands…',
    group: 'Help',
    icon: 'search',
    keys: ['Ctrl+K', 'Ctrl+Shift+P'],
    run: (a) => a.sheet.set('commands'),
  },
  {
    id: 'help.keys',
    title: 'Keyboard shortcuts',
    group: 'Help',
    icon: 'keyboard',
    keys: ['?'],
    run: (a) => a.sheet.set('keys'),
  },
  {
    id: 'help.settings',
    anywhere: true,
    title: 'Settings…',
    group: 'Help',
    keys: ['Ctrl+,'],
    run: (a) => a.sheet.set('settings'),
  },
  {
    id: 'help.tour',
    title: 'First steps',
    group: 'Help',
    icon: 'play',
    when: open,
    run: (a) => {
      a.session.prefs.update((p) => ({ ...p, tour: true }));
      a.showSide('properties');
      focusIn('#side-panel .tour');
    },
  },
];
