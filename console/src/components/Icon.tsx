/** The few icons of the console, drawn on a 20 × 20 grid and coloured by the text around them. */
const PATHS = {
  overview: 'M3 10.5 10 4l7 6.5M5 9v7h3.5v-4h3v4H15V9',
  queue: 'M3 11.5h4l1.2 2h3.6l1.2-2h4M3 11.5 5 4.5h10l2 7v4a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1z',
  groups:
    'M7.5 9.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM2.5 16c.4-2.6 2.3-4 5-4s4.6 1.4 5 4M13 4.3a2.75 2.75 0 0 1 0 5M14.5 12.3c1.7.5 2.7 1.8 3 3.7',
  broadcasts: 'M3 8.5v3l2.5.4L14 15.5v-11L5.5 8.1zM6 12l.8 4h2l-.7-3.3M16.5 8.2v3.6',
  optOuts: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM5.1 5.1l9.8 9.8',
  integrations: 'M8 6H6a4 4 0 0 0 0 8h2M12 6h2a4 4 0 0 1 0 8h-2M7 10h6',
  tryit: 'M7 2.5h6a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1ZM9 15h2',
  chevron: 'm7 8 3 3 3-3',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  plus: 'M10 4v12M4 10h12',
  copy: 'M7 7V4.5A1.5 1.5 0 0 1 8.5 3h7A1.5 1.5 0 0 1 17 4.5v7a1.5 1.5 0 0 1-1.5 1.5H13M4.5 7h7A1.5 1.5 0 0 1 13 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 15.5v-7A1.5 1.5 0 0 1 4.5 7Z',
  external: 'M8 4H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1v-3M11.5 4H16v4.5M16 4l-6.5 6.5',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4',
  keyboard:
    'M3 5.5h14a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM5 8.5h.01M8 8.5h.01M11 8.5h.01M14 8.5h.01M6.5 11.5h7',
  sun: 'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1',
  moon: 'M16.5 11.5A7 7 0 0 1 8.5 3.5a7 7 0 1 0 8 8Z',
  auto: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 3v14',
  signout: 'M8 3.5H5a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h3M12.5 13.5 16 10l-3.5-3.5M16 10H8',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  warning: 'M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.3v.2',
  upload: 'M10 12V3M6.5 6.5 10 3l3.5 3.5M4 16h12',
  close: 'M5 5l10 10M15 5 5 15',
  arrow: 'M4 10h12M11.5 5.5 16 10l-4.5 4.5',
  back: 'M16 10H4M8.5 5.5 4 10l4.5 4.5',
  out: 'M4 16 16 4M8 4h8v8',
  in: 'M16 4 4 16M12 16H4V8',
  pause: 'M7 4.5v11M13 4.5v11',
  record: 'M6 3h6l3 3v11H6zM11.5 3v3.5H15M8.5 10h4M8.5 13h4',
  play: 'M6 4.5v11l9-5.5z',
  question:
    'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM8 8.2c.1-1.2.9-1.9 2-1.9 1.2 0 2 .7 2 1.8 0 1.5-2 1.6-2 3M10 13.6v.1',
  senders: 'M3 5.5h14v8.5H9l-3.5 3V14H3zM7 9.75h.01M10 9.75h.01M13 9.75h.01',
  download: 'M10 3.5v9M6 9l4 4 4-4M4 16.5h12',
  shield: 'M10 2.5 16 5v4.5c0 3.7-2.4 6.6-6 8-3.6-1.4-6-4.3-6-8V5zM7.5 10l2 2 3.5-4',
  star: 'm10 2.8 2.2 4.6 5 .7-3.6 3.5.9 5-4.5-2.4-4.5 2.4.9-5L2.8 8.1l5-.7z',
  starred: 'm10 2.8 2.2 4.6 5 .7-3.6 3.5.9 5-4.5-2.4-4.5 2.4.9-5L2.8 8.1l5-.7z',
  filter: 'M3 5h14M5.5 10h9M8 15h4',
  columns: 'M3.5 4.5h13v11h-13zM8 4.5v11M12.2 4.5v11',
  view: 'M5 3.5h10v13l-5-3.5-5 3.5z',
  label: 'M3 4.5v5l7.5 7 6-6L9 3.5H4a1 1 0 0 0-1 1ZM6.5 7h.01',
  trash: 'M4 6h12M8 6V4h4v2M5.5 6l.7 10.5h7.6L14.5 6M8.5 9v5M11.5 9v5',
  contacts:
    'M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM3.8 17c.5-3.3 2.9-5 6.2-5s5.7 1.7 6.2 5',
  settings: 'M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4',
  note: 'M4 3.5h12v9l-4 4H4zM16 12.5h-4v4M7 7h6M7 10h4',
  edit: 'M4 16l.8-3.2L13.5 4l2.5 2.5-8.8 8.7zM12 5.5 14.5 8',
  undo: 'M7.5 4.5 4 8l3.5 3.5M4 8h7.5a4 4 0 0 1 0 8H8',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill={name === 'starred' ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ flexShrink: 0 }}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
