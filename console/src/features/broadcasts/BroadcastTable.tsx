import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import classes from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { ReportLine } from './ReportBar';
import { StatePill } from './StatePill';
import { useWhenWords } from './whenWords';

export function BroadcastTable({ broadcasts }: { broadcasts: Broadcast[] }) {
  const { t } = useTranslation();
  const whenWords = useWhenWords();
  return (
    <div className={classes.wrap}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('broadcasts.name')}</th>
            <th scope="col">{t('broadcasts.channel')}</th>
            <th scope="col">{t('broadcasts.state')}</th>
            <th scope="col">{t('broadcasts.report')}</th>
            <th scope="col">{t('broadcasts.when')}</th>
          </tr>
        </thead>
        <tbody>
          {broadcasts.map((one) => (
            <tr key={one.id}>
              <td>
                <Link
                  to="/broadcasts/$broadcastId"
                  params={{ broadcastId: one.id }}
                  className={classes.strong}
                >
                  {one.name}
                </Link>
              </td>
              <td className={classes.quiet}>{t(`channel.${one.channel}_short`)}</td>
              <td>
                <StatePill state={one.state} />
              </td>
              <td>{one.started_at ? <ReportLine report={one.report} /> : '–'}</td>
              <td className={classes.quiet}>
                {(one.started_at ? null : whenWords(one)) ?? (
                  <Time at={one.started_at ?? one.schedule_at ?? one.created_at} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
