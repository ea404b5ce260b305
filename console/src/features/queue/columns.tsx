import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../api/consent';
import type { QueueEntry } from '../../api/types';
import { ChannelMark } from '../../components/ChannelMark';
import { CompliancePill } from '../../components/CompliancePill';
import type { Column } from '../../components/grid/columns';
import { Phone } from '../../components/Phone';
import { Pill } from '../../components/Pill';
import tableClasses from '../../components/table.module.css';
import { useTimes } from '../../components/Time';
import { TimeThere } from '../../components/Zones';
import classes from '../contacts/list/Contacts.module.css';
import { Favourite } from '../contacts/list/Favourite';
import { contactName } from '../contacts/name';
import { Labels } from '../labels/Labels';

type Open = (entry: QueueEntry, channel: Channel, mark: HTMLElement) => void;

/** What the queue can show of a lead. */
export function useQueueColumns(moving: ReadonlySet<string>, onMark: Open): Column<QueueEntry>[] {
  const { t } = useTranslation();
  const { zone } = useTimes();
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('queue.name'),
        min: 150,
        grow: 2,
        always: true,
        cell: (entry, tabIndex) => (
          <span className={classes.who}>
            <span className={classes.name}>
              <Link
                to="/contacts/$contactId"
                params={{ contactId: entry.contact_id }}
                className={tableClasses.strong}
                tabIndex={tabIndex}
              >
                {contactName(entry)}
              </Link>
              {entry.favourite && <Favourite />}
            </span>
            {entry.email && <span className={classes.small}>{entry.email}</span>}
          </span>
        ),
      },
      {
        id: 'phone',
        title: t('queue.phone'),
        min: 136,
        grow: 1,
        cell: (entry) => <Phone e164={entry.phone} />,
      },
      {
        id: 'optIn',
        title: t('queue.optIn'),
        min: 158,
        grow: 1,
        cell: (entry, tabIndex) => (
          <span className={classes.marks}>
            {(['sms', 'voice'] as const).map((channel) => (
              <ChannelMark
                key={channel}
                channel={channel}
                status={entry[channel]}
                tabIndex={tabIndex}
                onOpen={(mark) => {
                  onMark(entry, channel, mark);
                }}
              />
            ))}
          </span>
        ),
      },
      {
        id: 'labels',
        title: t('contacts.labels'),
        min: 100,
        grow: 2,
        cell: (entry) => entry.labels.length > 0 && <Labels ids={entry.labels} />,
      },
      {
        id: 'compliance',
        title: t('queue.compliance'),
        min: 132,
        grow: 1,
        cell: (entry) =>
          moving.has(entry.contact_id) ? (
            t('queue.moving')
          ) : entry.textable === 'no' ? (
            <Pill tone="mute">{t('queue.notTextable')}</Pill>
          ) : (
            <CompliancePill compliance={entry.compliance} />
          ),
      },
      {
        id: 'integration',
        title: t('queue.integration'),
        min: 100,
        grow: 1,
        cell: (entry) => <span className={classes.list}>{entry.integration_name}</span>,
      },
      {
        id: 'arrived',
        title: t('queue.arrived', { zone }),
        min: 116,
        grow: 1,
        cell: (entry) => <TimeThere at={entry.arrived_at} zones={entry.zones} />,
      },
    ],
    [t, zone, moving, onMark],
  );
}
