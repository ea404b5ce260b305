import { Button } from '@mantine/core';
import { useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { tellFailed } from '../../app/toast';
import { Facts } from '../../components/Facts';
import { Page, Section } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { useGroups } from '../groups/api';
import { isAtRest, useBroadcast, useCancelBroadcast } from './api';
import { ReportTable } from './ReportBar';
import { StatePill } from './StatePill';
import { WhyPanel } from './WhyPanel';

/** One broadcast: what went out, to how many, and why not to the others. */
export function BroadcastPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { broadcastId } = useParams({ from: '/broadcasts/$broadcastId' });
  const { contact } = useSearch({ from: '/broadcasts/$broadcastId' });
  const query = useBroadcast(broadcastId);
  const groups = useGroups();
  const cancel = useCancelBroadcast(broadcastId);
  const broadcast = query.data;

  if (!broadcast) {
    return (
      <Page title={t('broadcasts.one')}>
        {query.error ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Loading rows={6} />
        )}
      </Page>
    );
  }

  const groupName = (id: string) => groups.items.find((group) => group.id === id)?.name ?? id;
  const when = broadcast.started_at ?? broadcast.schedule_at;
  return (
    <Page
      title={broadcast.name}
      aside={<StatePill state={broadcast.state} />}
      actions={
        can('broadcasts.send') &&
        !isAtRest(broadcast) && (
          <Button
            variant="default"
            loading={cancel.isPending}
            onClick={() => {
              cancel.mutate(undefined, {
                onError: (error) => {
                  tellFailed(t, error);
                },
              });
            }}
          >
            {t('broadcasts.cancel')}
          </Button>
        )
      }
    >
      <Section title={t('broadcasts.report')}>
        <ReportTable report={broadcast.report} />
      </Section>
      <Section title={t('broadcasts.message')}>
        <p style={{ margin: '0 0 1rem', whiteSpace: 'pre-wrap', maxWidth: '68ch' }}>
          {broadcast.template}
        </p>
        <Facts
          facts={[
            [t('composer.groups'), broadcast.groups.map(groupName).join(', ')],
            ...(broadcast.minus_groups.length > 0
              ? [[t('broadcasts.minus'), broadcast.minus_groups.map(groupName).join(', ')] as const]
              : []),
            [
              t(broadcast.started_at ? 'broadcasts.started' : 'broadcasts.due'),
              when ? <Time at={when} /> : '–',
            ],
            [
              t('broadcasts.finished'),
              broadcast.finished_at ? <Time at={broadcast.finished_at} /> : '–',
            ],
          ]}
        />
      </Section>
      <WhyPanel broadcastId={broadcastId} contactId={contact} />
    </Page>
  );
}
