import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { useShortcuts } from '../../app/shortcuts';
import { DataTable } from '../../components/DataTable';
import classes from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { useFocusedItem } from '../../components/useFocusedItem';
import own from './BroadcastTable.module.css';
import { guardTitle } from './guard';
import { ReportLine } from './ReportBar';
import { StatePill } from './StatePill';
import { useWhenWords } from './whenWords';

/** Broadcasts in rows; j and k go from one to the next, Enter opens it. */
export function BroadcastTable({ broadcasts }: { broadcasts: Broadcast[] }) {
  const { t } = useTranslation();
  const whenWords = useWhenWords();
  const { list, step } = useFocusedItem<HTMLTableSectionElement>(
    broadcasts.map(({ id }) => id).join(),
  );
  const next = () => {
    step(1);
  };
  const previous = () => {
    step(-1);
  };
  useShortcuts({ j: next, ArrowDown: next, k: previous, ArrowUp: previous });
  return (
    <DataTable
      label={t('broadcasts.all')}
      heads={[
        t('broadcasts.name'),
        { label: t('broadcasts.channel'), className: own.wide },
        t('broadcasts.state'),
        { label: t('broadcasts.report'), className: own.wide },
        { label: t('broadcasts.when'), className: own.wide },
      ]}
      cards={false}
    >
      <tbody ref={list}>
        {broadcasts.map((one) => {
          const report = one.started_at ? <ReportLine broadcast={one} /> : '–';
          const when = (one.started_at ? null : whenWords(one)) ?? (
            <Time at={one.started_at ?? one.schedule_at ?? one.created_at} />
          );
          return (
            <tr key={one.id} className={own.row}>
              <td>
                <Link
                  to="/broadcasts/$broadcastId"
                  params={{ broadcastId: one.id }}
                  className={`${classes.strong} ${own.opens}`}
                  data-item
                >
                  {one.name}
                </Link>
                <div className={own.narrow}>
                  {one.started_at && <>{report} · </>}
                  {when}
                </div>
              </td>
              <td className={`${classes.quiet} ${own.wide}`}>
                {t(`channel.${one.channel}_short`)}
              </td>
              <td>
                <StatePill state={one.state} />
                {one.guard && <small className={own.why}>{guardTitle(t, one.guard)}</small>}
              </td>
              <td className={own.wide}>{report}</td>
              <td className={`${classes.quiet} ${own.wide}`}>{when}</td>
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}
