import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CreatedIntegration, Integration } from '../../api/types';
import { tellDone, tellFailed } from '../../app/toast';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/Icon';
import { Section } from '../../components/Page';
import { useSetState } from './api';
import { HealthFacts } from './HealthFacts';
import { IntegrationMenu } from './IntegrationMenu';
import classes from './Integrations.module.css';
import { IntegrationPill } from './IntegrationPill';
import { formSnippet, formUrl } from './snippet';

interface Props {
  integration: Integration;
  mayEdit: boolean;
  onKey: (made: CreatedIntegration) => void;
}

/** One integration: its form, its disclosure, and the snippet for the customer's own site. */
export function IntegrationCard({ integration, mayEdit, onKey }: Props) {
  const { t } = useTranslation();
  const setState = useSetState(integration.id);
  const active = integration.state === 'active';
  const url = formUrl(integration);
  const toggle = () => {
    setState.mutate(active ? 'paused' : 'active', {
      onSuccess: () => {
        tellDone(
          t,
          t(active ? 'integrations.paused' : 'integrations.resumed', {
            name: integration.name,
          }),
        );
      },
      onError: (error) => {
        tellFailed(t, error);
      },
    });
  };
  return (
    <Section
      title={integration.name}
      action={
        <span className={classes.head}>
          <IntegrationPill state={integration.state} />
          {mayEdit && (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<Icon name={active ? 'pause' : 'play'} size={13} />}
              loading={setState.isPending}
              onClick={toggle}
            >
              {t(active ? 'integrations.pause' : 'integrations.resume')}
            </Button>
          )}
          {mayEdit && <IntegrationMenu integration={integration} onKey={onKey} />}
        </span>
      }
    >
      {!active && (
        <p className={classes.note}>
          {t(
            integration.state === 'inactive'
              ? 'integrations.inactiveWhy'
              : 'integrations.pausedWhy',
          )}
        </p>
      )}
      <HealthFacts integration={integration} />
      <div className={classes.row}>
        <span className={classes.label}>{t('integrations.form')}</span>
        <a href={url} target="_blank" rel="noreferrer" className={classes.link}>
          {url}
          <Icon name="external" size={13} />
          <span className="visually-hidden"> {t('common.newTab')}</span>
        </a>
        <CopyButton value={url} label={t('integrations.copyLink')} />
      </div>
      <div className={classes.row}>
        <span className={classes.label}>{t('integrations.disclosure')}</span>
        <q className={classes.quote}>{integration.disclosure}</q>
      </div>
      <details className={classes.details}>
        <summary>{t('integrations.snippet')}</summary>
        {/* Scrollable, so it must be reachable by keyboard. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className={classes.code} tabIndex={0} aria-label={t('integrations.snippet')}>
          {formSnippet(integration)}
        </pre>
        <CopyButton value={formSnippet(integration)} label={t('integrations.copySnippet')} />
      </details>
    </Section>
  );
}
