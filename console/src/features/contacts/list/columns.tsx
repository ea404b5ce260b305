import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../../api/consent';
import { wordFor } from '../../../app/i18n';
import { ChannelMark } from '../../../components/ChannelMark';
import { CompliancePill } from '../../../components/CompliancePill';
import type { Column } from '../../../components/grid/columns';
import { Favourite } from './Favourite';
import { Phone } from '../../../components/Phone';
import tableClasses from '../../../components/table.module.css';
import { TimeThere } from '../../../components/Zones';
import { useGroupNames } from '../../groups/api';
import { useIntegrations } from '../../integrations/api';
import { Labels } from '../../labels/Labels';
import { contactName } from '../name';
import type { ContactRow } from './api';
import classes from './Contacts.module.css';

type Open = (row: ContactRow, channel: Channel, mark: HTMLElement) => void;

/** What the table of contacts can show. */
export function useContactColumns(onMark: Open): Column<ContactRow>[] {
  const { t } = useTranslation();
  const groups = useGroupNames();
  const integrations = useIntegrations();
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('contacts.name'),
        min: 150,
        grow: 2,
        always: true,
        cell: (row, tabIndex) => (
          <span className={classes.who}>
            <span className={classes.name}>
              <Link
                to="/contacts/$contactId"
                params={{ contactId: row.id }}
                className={tableClasses.strong}
                tabIndex={tabIndex}
              >
                {row.status === 'erased' ? t('contact.erasedName') : contactName(row)}
              </Link>
              {row.favourite && <Favourite />}
            </span>
            {row.email && <span className={classes.small}>{row.email}</span>}
          </span>
        ),
      },
      {
        id: 'phone',
        title: t('contacts.phone'),
        min: 144,
        grow: 1,
        cell: (row) => row.phone && <Phone e164={row.phone} />,
      },
      {
        id: 'optIn',
        title: t('contacts.optIn'),
        min: 158,
        grow: 1,
        cell: (row, tabIndex) => (
          <span className={classes.marks}>
            {(['sms', 'voice'] as const).map((channel) => (
              <ChannelMark
                key={channel}
                channel={channel}
                status={row[channel]}
                tabIndex={tabIndex}
                onOpen={(mark) => {
                  onMark(row, channel, mark);
                }}
              />
            ))}
          </span>
        ),
      },
      {
        id: 'labels',
        title: t('contacts.labels'),
        min: 96,
        grow: 1,
        cell: (row) => row.labels.length > 0 && <Labels ids={row.labels} />,
      },
      {
        id: 'groups',
        title: t('contacts.groups'),
        min: 100,
        grow: 1,
        cell: (row) =>
          row.queued ? (
            <Link to="/queue" className={classes.queued} tabIndex={-1}>
              {t('contact.inQueue')}
            </Link>
          ) : (
            row.groups.length > 0 && (
              <span
                className={classes.list}
                title={row.groups.map(groups).filter(Boolean).join(', ')}
              >
                {row.groups.map(groups).filter(Boolean).join(', ')}
              </span>
            )
          ),
      },
      {
        id: 'compliance',
        title: t('contacts.compliance'),
        min: 114,
        grow: 1,
        cell: (row) => <CompliancePill compliance={row.compliance} />,
      },
      {
        id: 'source',
        title: t('contacts.source'),
        min: 100,
        grow: 1,
        cell: (row) => (
          <span className={classes.list}>
            {integrations.items.find(({ id }) => id === row.integration_id)?.name ??
              wordFor(t, 'origin', row.origin)}
          </span>
        ),
      },
      {
        id: 'created',
        title: t('contacts.created'),
        min: 112,
        grow: 1,
        cell: (row) => <TimeThere at={row.created_at} zones={row.zones} />,
      },
      {
        id: 'status',
        title: t('contacts.status'),
        min: 110,
        grow: 1,
        optional: true,
        cell: (row) => wordFor(t, 'overall', row.status),
      },
      {
        id: 'answer',
        title: t('contacts.answer'),
        min: 90,
        grow: 0,
        optional: true,
        cell: (row) => row.opt_in && wordFor(t, 'answer', row.opt_in),
      },
      {
        id: 'lineType',
        title: t('contacts.lineType'),
        min: 110,
        grow: 0,
        optional: true,
        cell: (row) => row.line_type && wordFor(t, 'lineType', row.line_type),
      },
    ],
    [t, groups, integrations.items, onMark],
  );
}
