import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TimelineItem } from '../../api/types';
import { wordFor } from '../../app/i18n';
import { Icon, type IconName } from '../../components/Icon';
import { LoadMore } from '../../components/LoadMore';
import { Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { useTimeline } from './api';
import classes from './ContactPage.module.css';

const ICONS: Record<string, IconName> = {
  message_out: 'out',
  message_in: 'in',
  consent: 'record',
  queue: 'queue',
  group: 'groups',
};

/** All that happened with a contact, newest first: messages, consent, queue and groups. */
export function Timeline({ contactId }: { contactId: string }) {
  const { t } = useTranslation();
  const timeline = useTimeline(contactId);
  return (
    <Section title={t('contact.timeline')} flush>
      {timeline.isPending && <Loading rows={6} />}
      {timeline.error && <Failed error={timeline.error} retry={timeline.retry} />}
      {!timeline.isPending && !timeline.error && timeline.items.length === 0 && (
        <Empty icon="queue" title={t('contact.nothingYet')} />
      )}
      <ol className={classes.events}>
        {timeline.items.map((item, index) => (
          <li
            key={`${item.at} ${item.kind} ${timeline.items.length - index}`}
            className={classes.event}
            data-kind={item.kind}
          >
            <span className={classes.icon}>
              <Icon name={ICONS[item.kind] ?? 'queue'} size={14} />
            </span>
            <div>
              <span className={classes.kind}>{wordFor(t, 'timeline', item.kind)}</span>
              <p className={classes.text}>{item.text}</p>
              <Evidence detail={item.detail ?? {}} />
            </div>
            <Time at={item.at} />
          </li>
        ))}
      </ol>
      <LoadMore pages={timeline} />
    </Section>
  );
}

/** What the API knows about one event: how a message fared, the words that were agreed to. */
function Evidence({ detail }: { detail: NonNullable<TimelineItem['detail']> }) {
  const { t } = useTranslation();
  const { state, reason, disclosure, broadcast_id: broadcastId } = detail;
  const lines = [state && wordFor(t, 'outcome', state), reason].filter(Boolean);
  return (
    <>
      {disclosure && <q className={classes.kind}>{disclosure}</q>}
      {lines.length > 0 && <div className={classes.kind}>{lines.join(' · ')}</div>}
      {broadcastId && (
        <Link to="/broadcasts/$broadcastId" params={{ broadcastId }} className={classes.source}>
          {t('contact.openBroadcast')}
        </Link>
      )}
    </>
  );
}
