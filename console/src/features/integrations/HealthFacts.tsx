import { useTranslation } from 'react-i18next';
import type { Integration } from '../../api/types';
import { wordFor } from '../../app/i18n';
import { Facts } from '../../components/Facts';
import { Notice } from '../../components/Notice';
import { Time } from '../../components/Time';
import { hintWords } from './hintWords';
import classes from './Integrations.module.css';

/** How an integration fares, and what may keep leads from arriving. */
export function HealthFacts({ integration }: { integration: Integration }) {
  const { t } = useTranslation();
  const { health, hints, key } = integration;
  const refused = Object.entries(health.refusals ?? {})
    .map(([field, count]) => `${wordFor(t, 'field', field)} (${count})`)
    .join(', ');
  return (
    <div className={classes.health}>
      {hints.map((hint) => {
        const { text, next } = hintWords(t, hint);
        return (
          <Notice key={hint.code} tone="warn" title={text}>
            {next}
          </Notice>
        );
      })}
      <Facts
        facts={[
          [
            t('integrations.lastLead'),
            health.last_lead_at ? (
              <Time key="lead" at={health.last_lead_at} />
            ) : (
              t('integrations.noLead')
            ),
          ],
          [
            t('integrations.lastError'),
            health.last_error && health.last_error_at ? (
              <span key="error">
                {wordFor(t, 'leadError', health.last_error)} <Time at={health.last_error_at} />
              </span>
            ) : (
              t('integrations.noProblem')
            ),
          ],
          [t('integrations.refusedFields'), refused || t('integrations.noProblem')],
          [t('integrations.listed'), t('optOutImport.number', { value: health.listed ?? 0 })],
          [
            t('integrations.keyUsed'),
            key.last_used_at ? <Time key="key" at={key.last_used_at} /> : t('integrations.never'),
          ],
        ]}
      />
    </div>
  );
}
