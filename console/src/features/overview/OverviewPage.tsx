import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Overview } from '../../api/types';
import { useAccess } from '../../app/access';
import { Icon } from '../../components/Icon';
import { Page, Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { BroadcastTable } from '../broadcasts/BroadcastTable';
import { HealthTable } from './HealthTable';
import classes from './OverviewPage.module.css';
import { SenderList } from './SenderList';
import { useOverview } from './api';

/** How the account stands, and what to do next. */
export function OverviewPage() {
  const { t } = useTranslation();
  const { account } = useAccess();
  const overview = useOverview();
  return (
    <Page title={t('nav.overview')} lead={account.name}>
      {overview.isPending && <Loading rows={8} />}
      {!overview.data && overview.error && (
        <Failed error={overview.error} retry={() => void overview.refetch()} />
      )}
      {overview.data && <Content overview={overview.data} />}
    </Page>
  );
}

function Content({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { queue, groups, integrations, broadcasts, senders } = overview;
  const untouched = integrations.every(({ health }) => !health.last_lead_at);
  return (
    <>
      {untouched && (
        <div className={classes.first}>
          <div>
            <h2>{t('overview.firstTitle')}</h2>
            <p>{t('overview.firstText')}</p>
          </div>
          <Button component={Link} to="/try" rightSection={<Icon name="arrow" size={16} />}>
            {t('overview.firstAction')}
          </Button>
        </div>
      )}
      <div className={classes.figures}>
        <Figure
          to="/queue"
          label={t('nav.queue')}
          value={queue.capped ? `${queue.count}+` : String(queue.count)}
          text={queue.count === 0 ? t('overview.queueEmpty') : t('overview.queueWaiting')}
          strong={queue.count > 0}
        />
        <Figure
          to="/groups"
          label={t('nav.groups')}
          value={String(groups)}
          text={groups === 0 ? t('overview.groupsEmpty') : t('overview.groupsSome')}
        />
      </div>
      <Section
        title={t('nav.integrations')}
        flush
        action={<Link to="/integrations">{t('overview.all')}</Link>}
      >
        {integrations.length > 0 ? (
          <HealthTable integrations={integrations} />
        ) : (
          <Empty
            icon="integrations"
            title={t('integrations.empty')}
            action={
              can('integrations.edit') && (
                <Button component={Link} to="/integrations" variant="default">
                  {t('integrations.new')}
                </Button>
              )
            }
          >
            {t('integrations.emptyWhy')}
          </Empty>
        )}
      </Section>
      {can('broadcasts.view') && (
        <Section
          title={t('overview.broadcasts')}
          flush
          action={<Link to="/broadcasts">{t('overview.all')}</Link>}
        >
          {broadcasts.length > 0 ? (
            <BroadcastTable broadcasts={broadcasts} />
          ) : (
            <Empty
              icon="broadcasts"
              title={t('broadcasts.empty')}
              action={
                can('broadcasts.send') && (
                  <Button component={Link} to="/broadcasts/new" variant="default">
                    {t('broadcasts.new')}
                  </Button>
                )
              }
            >
              {t('broadcasts.emptyWhy')}
            </Empty>
          )}
        </Section>
      )}
      <Section title={t('overview.senders')}>
        <SenderList senders={senders} />
      </Section>
    </>
  );
}

interface FigureProps {
  to: '/queue' | '/groups';
  label: string;
  value: string;
  text: string;
  strong?: boolean;
}

function Figure({ to, label, value, text, strong = false }: FigureProps) {
  return (
    <Link to={to} className={classes.figure} data-strong={strong}>
      <span className={classes.label}>{label}</span>
      <span className={classes.value}>{value}</span>
      <span className={classes.label}>{text}</span>
    </Link>
  );
}
