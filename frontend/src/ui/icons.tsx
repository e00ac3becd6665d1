// The interface's own icons: 24 units, one stroke. Icons of kinds come from Go and are shown by KindIcon.
import type { ReactElement } from 'react';

const paths = {
  add: 'M12 5v14M5 12h14',
  align: 'M5 4v16M9 7h10M9 12h6M9 17h8',
  back: 'M15 6l-6 6 6 6',
  call: 'M5 12h13m-5-5 5 5-5 5',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  chevron: 'M7 10l5 5 5-5',
  close: 'M6 6l12 12M18 6L6 18',
  cloud: 'M7 18a4 4 0 0 1-.5-8 5.5 5.5 0 0 1 10.6 1.2A3.5 3.5 0 0 1 17 18z',
  code: 'M8 8l-4 4 4 4M16 8l4 4-4 4',
  compare: 'M8 4v16M16 4v16M3 9l5-5 5 5M11 15l5 5 5-5',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  deploy: 'M12 15V4m-4 4 4-4 4 4M5 15v4h14v-4',
  dots: 'M6 12h.01M12 12h.01M18 12h.01',
  down: 'M12 5v13m-5-5 5 5 5-5',
  external: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  findings: 'M12 4 2.8 20h18.4zM12 10v4M12 17h.01',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  folder: 'M3 6h6l2 2h10v11H3z',
  group: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M9 9h6v6H9z',
  hand: 'M8 12V6.5a1.5 1.5 0 0 1 3 0V11V5a1.5 1.5 0 0 1 3 0v6V6.5a1.5 1.5 0 0 1 3 0V14c0 4-2 6.5-5.5 6.5S7 18.500 5.500 16L4 13.500C3.500 12.300 5.500 11 6.500 12.500L8 14',
  history: 'M4.500 9A8 8 0 1 1 4 13M4 4v5h5M12 8v4.500l3 2',
  info: 'M12 3a9 9 0 1 0 .01 0M12 11v5M12 8h.01',
  keyboard: 'M3 7h18v10H3zM7 10.500h.01M10.500 10.500h.01M14 10.500h.01M17 10.500h.01M8 14h8',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  logs: 'M5 6h14M5 10h14M5 14h9M5 18h6',
  menu: 'M4 7h16M4 12h16M4 17h16',
  minus: 'M5 12h14',
  moon: 'M20 14.500A8 8 0 0 1 9.500 4 8 8 0 1 0 20 14.500z',
  note: 'M5 4h14v10l-6 6H5zM13 20v-6h6',
  outline: 'M5 5v13h4M5 11h4M13 11h7M13 18h7M9 5h11',
  panelBottom: 'M4 5h16v14H4zM4 14h16',
  panelLeft: 'M4 5h16v14H4zM9 5v14',
  panelRight: 'M4 5h16v14H4zM15 5v14',
  play: 'M8 5l11 7-11 7z',
  plug: 'M9 4v5M15 4v5M6 9h12v3a6 6 0 0 1-12 0zM12 18v3',
  redo: 'M15 5l5 5-5 5M20 10H9.500a5.500 5.500 0 0 0 0 11H12',
  refresh: 'M20 11A8 8 0 1 0 18 16.500M20 5v6h-6',
  search: 'M11 4a7 7 0 1 0 .01 0M16.200 16.200 21 21',
  select: 'M6 4l12 7-5.500 1.500L10 18z',
  stop: 'M7 7h10v10H7z',
  sun: 'M12 8a4 4 0 1 0 .01 0M12 2v2.500M12 19.500V22M2 12h2.500M19.500 12H22M5 5l1.700 1.700M17.300 17.300 19 19M5 19l1.700-1.700M17.300 6.700 19 5',
  table: 'M4 5h16v14H4zM4 10h16M10 10v9',
  tag: 'M4 4h7l9 9-7 7-9-9zM8 8h.01',
  template:
    'M9 5c-2 0-3 .8-3 2.500v2C6 11 5.500 12 4 12c1.500 0 2 1 2 2.500v2C6 18.200 7 19 9 19M15 5c2 0 3 .8 3 2.500v2c0 1.500.5 2.500 2 2.500-1.500 0-2 1-2 2.500v2c0 1.700-1 2.500-3 2.500',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5',
  undo: 'M9 5 4 10l5 5M4 10h10.500a5.500 5.500 0 0 1 0 11H12',
  wire: 'M4 7h3c7 0 3 10 10 10h3M18 14l3 3-3 3',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactElement {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'dots' ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** A kind's icon: SVG in an img runs nothing and loads nothing. */
export function KindIcon({ url, size = 20 }: { url: string; size?: number }): ReactElement {
  return url ? (
    <img className="kind-icon" src={url} width={size} height={size} alt="" draggable={false} />
  ) : (
    <span className="kind-icon kind-icon-none" style={{ width: size, height: size }} aria-hidden="true" />
  );
}
