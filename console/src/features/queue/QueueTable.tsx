import { Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueEntry } from '../../api/types';
import { ChannelMark } from '../../components/ChannelMark';
import { CompliancePill } from '../../components/CompliancePill';
import { Phone } from '../../components/Phone';
import tableClasses from '../../components/table.module.css';
import { Time, useTimes } from '../../components/Time';
import { contactName } from '../contacts/name';
import classes from './QueueTable.module.css';
import type { Selection } from './useSelection';

interface Props {
  entries: QueueEntry[];
  selection: Selection;
  /** On their way out: shown as such until the API has answered. */
  moving: ReadonlySet<string>;
  selectable: boolean;
  onOpen: (id: string) => void;
}

/**
 * Keeps the focus in the list: when the focused row leaves it (moved by somebody else), the row
 * that took its place gets the focus, which would otherwise fall back to the page.
 */
function useFocusKeeper(active: string | null, present: string) {
  const body = useRef<HTMLTableSectionElement>(null);
  const inside = useRef(false);
  useEffect(() => {
    const track = (event: FocusEvent) => {
      inside.current = body.current?.contains(event.target as Node) ?? false;
    };
    document.addEventListener('focusin', track);
    return () => {
      document.removeEventListener('focusin', track);
    };
  }, []);
  useLayoutEffect(() => {
    if (!inside.current || document.activeElement !== document.body) return;
    body.current?.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true });
  }, [active, present]);
  return body;
}

/** The leads, one row each. One row is in the tab order; arrows, j and k change which. */
export function QueueTable({ entries, selection, moving, selectable, onOpen }: Props) {
  const { t } = useTranslation();
  const present = entries.map(({ contact_id }) => contact_id).join();
  const times = useTimes();
  const body = useFocusKeeper(selection.active, present);
  const reachable = selection.active ?? entries[0]?.contact_id;
  const all = selection.ids.length === entries.length;
  return (
    <div className={tableClasses.wrap}>
      <table
        className={tableClasses.table}
        role="grid"
        aria-label={t('queue.title')}
        aria-multiselectable={selectable}
      >
        <thead>
          <tr>
            {selectable && (
              <th scope="col" className={classes.tick}>
                <Checkbox
                  size="xs"
                  aria-label={t('queue.selectAll')}
                  checked={all}
                  indeterminate={selection.ids.length > 0 && !all}
                  onChange={selection.toggleAll}
                />
              </th>
            )}
            <th scope="col">{t('queue.name')}</th>
            <th scope="col">{t('queue.phone')}</th>
            <th scope="col">{t('queue.optIn')}</th>
            <th scope="col">{t('queue.compliance')}</th>
            <th scope="col">{t('queue.integration')}</th>
            <th scope="col">{t('queue.arrived', { zone: times.zone })}</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {entries.map((entry) => (
            <Row
              key={entry.contact_id}
              entry={entry}
              reachable={entry.contact_id === reachable}
              selection={selection}
              moving={moving.has(entry.contact_id)}
              selectable={selectable}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  entry: QueueEntry;
  reachable: boolean;
  selection: Selection;
  moving: boolean;
  selectable: boolean;
  onOpen: (id: string) => void;
}

function Row({ entry, reachable, selection, moving, selectable, onOpen }: RowProps) {
  const { t } = useTranslation();
  const id = entry.contact_id;
  const name = contactName(entry);
  const ticked = selection.has(id);
  const tabIndex = reachable ? 0 : -1;
  return (
    <tr
      data-row={id}
      data-moving={moving}
      className={classes.row}
      tabIndex={tabIndex}
      aria-selected={ticked}
      aria-busy={moving}
      onFocus={() => {
        if (selection.active !== id) selection.setActive(id);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) onOpen(id);
      }}
    >
      {selectable && (
        <td className={classes.tick}>
          <Checkbox
            size="xs"
            tabIndex={tabIndex}
            aria-label={t('queue.selectOne', { name })}
            checked={ticked}
            disabled={moving}
            onChange={() => {
              selection.toggle(id);
            }}
          />
        </td>
      )}
      <td>
        <Link
          to="/contacts/$contactId"
          params={{ contactId: id }}
          className={tableClasses.strong}
          tabIndex={tabIndex}
        >
          {name}
        </Link>
        {entry.email && <div className={classes.email}>{entry.email}</div>}
      </td>
      <td>
        <Phone e164={entry.phone} />
      </td>
      <td>
        <span className={classes.marks}>
          <ChannelMark channel="sms" status={entry.sms} tabIndex={tabIndex} />
          <ChannelMark channel="voice" status={entry.voice} tabIndex={tabIndex} />
        </span>
      </td>
      <td>{moving ? t('queue.moving') : <CompliancePill compliance={entry.compliance} />}</td>
      <td className={tableClasses.quiet}>{entry.integration_name}</td>
      <td className={tableClasses.quiet}>
        <Time at={entry.arrived_at} />
      </td>
    </tr>
  );
}
