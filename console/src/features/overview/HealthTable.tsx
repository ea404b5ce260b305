import { useTranslation } from 'react-i18next';
import type { Integration } from '../../api/types';
import { wordFor } from '../../app/i18n';
import tableClasses from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { IntegrationPill } from '../integrations/IntegrationPill';
import classes from './OverviewPage.module.css';

/** Whether leads arrive, and if not, why: last lead, last error, what was refused. */
export function HealthTable({ integrations }: { integrations: Integration[] }) {
  const { t } = useTranslation();
  return (
    <div className={tableClasses.wrap}>
      <table className={tableClasses.table}>
        <thead>
          <tr>
            <th scope="col">{t('integrations.name')}</th>
            <th scope="col">{t('integrations.state')}</th>
            <th scope="col">{t('integrations.lastLead')}</th>
            <th scope="col">{t('integrations.problems')}</th>
          </tr>
        </thead>
        <tbody>
          {integrations.map((one) => (
            <tr key={one.id}>
              <td style={{ fontWeight: 550 }}>{one.name}</td>
              <td>
                <IntegrationPill state={one.state} />
              </td>
              <td className={tableClasses.quiet}>
                {one.health.last_lead_at ? (
                  <Time at={one.health.last_lead_at} />
                ) : (
                  t('integrations.noLead')
                )}
              </td>
              <td>
                <Problems health={one.health} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Problems({ health: { last_error, refusals = {} } }: Pick<Integration, 'health'>) {
  const { t } = useTranslation();
  const refused = Object.entries(refusals);
  if (!last_error && refused.length === 0) {
    return <span className={tableClasses.quiet}>{t('integrations.noProblem')}</span>;
  }
  return (
    <>
      {last_error && <div className={classes.error}>{wordFor(t, 'leadError', last_error)}</div>}
      {refused.length > 0 && (
        <div className={classes.refusals}>
          {t('integrations.refused', {
            list: refused.map(([field, n]) => `${wordFor(t, 'field', field)} ${n}`).join(', '),
          })}
        </div>
      )}
    </>
  );
}
