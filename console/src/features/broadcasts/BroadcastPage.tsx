import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { useAccess } from '../../app/access';
import { wordFor } from '../../app/i18n';
import { Facts } from '../../components/Facts';
import { Page, Section } from '../../components/Page';
import { Phone } from '../../components/Phone';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { useGroupList } from '../groups/api';
import { useBroadcast } from './api';
import { CostLine } from './CostLine';
import { Halted } from './Halted';
import { LiveBar } from './LiveBar';
import { ReportTable } from './ReportBar';
import { StatePill } from './StatePill';
import { Steering } from './Steering';
import { useWhenWords } from './whenWords';
import { WhyPanel } from './WhyPanel';

/** One broadcast: what went out, to how many, why not to the others, and its steering. */
export function BroadcastPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { broadcastId } = useParams({ from: '/broadcasts/$broadcastId' });
  const { contact } = useSearch({ from: '/broadcasts/$broadcastId' });
  const query = useBroadcast(broadcastId);
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

  return (
    <Page
      title={broadcast.name}
      aside={<StatePill state={broadcast.state} />}
      actions={can('broadcasts.send') && <Steering broadcast={broadcast} />}
    >
      <Halted broadcast={broadcast} />
      <Section title={t('broadcasts.report')}>
        {broadcast.started_at && <LiveBar broadcast={broadcast} />}
        <ReportTable broadcast={broadcast} />
        {broadcast.cost && <CostLine cost={broadcast.cost} of="spent" />}
      </Section>
      <Definition broadcast={broadcast} />
      <WhyPanel broadcastId={broadcastId} contactId={contact} />
    </Page>
  );
}

function Definition({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation();
  const names = useGroupList();
  const whenWords = useWhenWords();
  const moment = broadcast.started_at ?? broadcast.schedule_at;
  const when = whenWords(broadcast);
  return (
    <Section title={t('broadcasts.message')}>
      <p style={{ margin: '0 0 1rem', whiteSpace: 'pre-wrap', maxWidth: '68ch' }}>
        {broadcast.template}
      </p>
      <Facts
        facts={[
          [t('composer.channel'), wordFor(t, 'channel', broadcast.channel)],
          [
            t('composer.sender'),
            <Phone key="sender" e164={broadcast.sender_id.replace(/^sn_/, '+')} />,
          ],
          [t('composer.groups'), names(broadcast.groups)],
          ...(broadcast.minus_groups.length > 0
            ? [[t('broadcasts.minus'), names(broadcast.minus_groups)] as const]
            : []),
          ...(broadcast.channel === 'sms'
            ? [[t('broadcasts.segments'), broadcast.segments] as const]
            : []),
          [t('composer.quietHours'), wordFor(t, 'otherwise', broadcast.quiet_hours)],
          [t('composer.caps'), wordFor(t, 'otherwise', broadcast.caps)],
          ...(when ? [[t('broadcasts.schedule'), when] as const] : []),
          [
            t(broadcast.started_at ? 'broadcasts.started' : 'broadcasts.due'),
            moment ? <Time at={moment} /> : '–',
          ],
          [
            t('broadcasts.finished'),
            broadcast.finished_at ? <Time at={broadcast.finished_at} /> : '–',
          ],
          ...(broadcast.parent_id
            ? [
                [
                  t('broadcasts.turnOf'),
                  <Link
                    key="parent"
                    to="/broadcasts/$broadcastId"
                    params={{ broadcastId: broadcast.parent_id }}
                  >
                    {t('broadcasts.recurring')}
                  </Link>,
                ] as const,
              ]
            : []),
        ]}
      />
    </Section>
  );
}
