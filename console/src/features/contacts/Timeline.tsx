import { Chip, Group } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { TIMELINE_FILTERS, type TimelineFilter } from '../../app/router';
import { LoadMore } from '../../components/LoadMore';
import { Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { useTimeline } from './api';
import classes from './ContactPage.module.css';
import { NoteBox } from './edit/NoteBox';
import { TimelineEvent } from './TimelineEvent';

const KINDS: Record<TimelineFilter, readonly string[]> = {
  consent: ['consent'],
  messages: ['message_in', 'message_out', 'call_out'],
  notes: ['note'],
  queue: ['queue', 'group'],
  changes: ['edit', 'import', 'created'],
};

interface Props {
  contactId: string;
  /** May write notes. */
  mayWrite: boolean;
}

/** All that happened with a contact, newest first: messages, consent, queue and groups. */
export function Timeline({ contactId, mayWrite }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { show } = useSearch({ from: '/contacts/$contactId' });
  const timeline = useTimeline(contactId);
  const shown = show
    ? timeline.items.filter(({ kind }) => KINDS[show].includes(kind))
    : timeline.items;
  const settled = !timeline.isPending && !timeline.error;
  return (
    <Section title={t('contact.timeline')} flush>
      {mayWrite && <NoteBox contactId={contactId} />}
      <Chip.Group
        value={show ?? 'all'}
        onChange={(value) =>
          void navigate({
            to: '/contacts/$contactId',
            params: { contactId },
            search: { show: TIMELINE_FILTERS.find((one) => one === value) },
            replace: true,
            resetScroll: false,
          })
        }
      >
        <Group
          gap="xs"
          className={classes.filters}
          role="radiogroup"
          aria-label={t('filter.label')}
        >
          {(['all', ...TIMELINE_FILTERS] as const).map((one) => (
            <Chip key={one} value={one} size="xs" variant="outline">
              {t(`filter.${one}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {timeline.isPending && <Loading rows={6} />}
      {timeline.error && <Failed error={timeline.error} retry={timeline.retry} />}
      {settled && shown.length === 0 && (
        <Empty icon="queue" title={t(show ? 'filter.nothing' : 'contact.nothingYet')} />
      )}
      <ol className={classes.events}>
        {shown.map((item) => (
          <TimelineEvent key={item.id} contactId={contactId} item={item} />
        ))}
      </ol>
      <LoadMore pages={timeline} />
    </Section>
  );
}
