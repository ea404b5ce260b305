import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel, MarkedStatus } from '../api/consent';
import type { ChannelState } from '../api/types';
import { wordFor } from '../app/i18n';
import classes from './ChannelMark.module.css';
import { readablePhone } from './Phone';
import { useTimes } from './Time';
import { useEvidence } from './useEvidence';
import { useWayBack } from './useWayBack';

export type { Channel };

interface Props {
  channel: Channel;
  /** State and evidence; how, when, by whom, why and the way back show on hover and focus. */
  status: MarkedStatus;
  /** Taken out of the tab order where a list manages the focus itself. */
  tabIndex?: number;
  /** Makes the mark a button that opens the switch of this channel. */
  onOpen?: (mark: HTMLElement) => void;
}

type Shown = ChannelState | 'held';

/** One shape per state, so that the mark reads without its colour. */
function Shape({ state }: { state: Shown }) {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" focusable="false">
      {state === 'subscribed' && (
        <>
          <circle cx="7" cy="7" r="6.5" fill="currentColor" />
          <path d="m4 7.2 2.1 2.1L10.1 5" fill="none" stroke="var(--on-mark)" strokeWidth="1.7" />
        </>
      )}
      {state === 'pending' && (
        <>
          <circle cx="7" cy="7" r="5.7" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path d="M7 7V1.3A5.7 5.7 0 0 1 7 12.7z" fill="currentColor" />
        </>
      )}
      {state === 'none' && (
        <circle
          cx="7"
          cy="7"
          r="5.7"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          strokeDasharray="2.3 2.1"
        />
      )}
      {state === 'soft_opt_out' && (
        <>
          <path d="M7 .8 13.6 12.8H.4z" fill="currentColor" />
          <path d="M7 5v3.5M7 10.5v.4" stroke="var(--on-mark)" strokeWidth="1.6" />
        </>
      )}
      {state === 'held' && (
        <>
          <path d="M7 .2 13.8 7 7 13.8.2 7z" fill="currentColor" />
          <path
            d="M5.3 5.6c0-1 .7-1.7 1.7-1.7s1.7.6 1.7 1.5c0 1.2-1.7 1.3-1.7 2.5M7 9.9v.3"
            fill="none"
            stroke="var(--on-mark)"
            strokeWidth="1.4"
          />
        </>
      )}
      {state === 'hard_opt_out' && (
        <>
          <path d="M4.2.5h5.6l3.7 3.7v5.6l-3.7 3.7H4.2L.5 9.8V4.2z" fill="currentColor" />
          <path d="m4.6 4.6 4.8 4.8m0-4.8L4.6 9.4" stroke="var(--on-mark)" strokeWidth="1.7" />
        </>
      )}
    </svg>
  );
}

/** What each sender says, where they differ. */
function useBySender(status: MarkedStatus): string[] {
  const { t } = useTranslation();
  const times = useTimes();
  const each = status.by_sender ?? [];
  if (new Set(each.map((one) => one.status)).size < 2) return [];
  return each.map((one) =>
    [
      `${readablePhone(one.sender_address ?? '')}: ${wordFor(t, 'status', one.status)}`,
      one.at && times.full(one.at),
      one.by,
    ]
      .filter(Boolean)
      .join(', '),
  );
}

/** The opt-in state of one channel: colour, shape and label, with the evidence on demand. */
export function ChannelMark({ channel, status, tabIndex = 0, onOpen }: Props) {
  const { t } = useTranslation();
  const evidence = useEvidence(status);
  const bySender = useBySender(status);
  const wayBack = useWayBack(channel, status);
  const name = t(`channel.${channel}`);
  const lines = [t(`mark.${status.status}`, { channel: name })];
  if (status.held) lines.push(t('mark.held', { channel: name }));
  lines.push(...evidence, ...bySender);
  if (wayBack) lines.push(wayBack);
  const shown = status.held ? 'held' : status.status;
  const looks = {
    className: classes.mark,
    'data-state': shown,
    'aria-label': lines.join('. '),
    // Focusable so that the evidence is reachable without a mouse.
    tabIndex,
  };
  const content = (
    <>
      <Shape state={shown} />
      {t(`channel.${channel}_short`)}
    </>
  );
  return (
    <Tooltip
      label={lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
      events={{ hover: true, focus: true, touch: true }}
    >
      {onOpen ? (
        <button
          type="button"
          {...looks}
          data-opens
          aria-haspopup="dialog"
          onClick={(event) => {
            onOpen(event.currentTarget);
          }}
        >
          {content}
        </button>
      ) : (
        <span {...looks} role="img">
          {content}
        </span>
      )}
    </Tooltip>
  );
}
