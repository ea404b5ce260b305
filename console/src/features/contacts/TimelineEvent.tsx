import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TimelineItem } from '../../api/types';
import { wordFor, type CodeFamily } from '../../app/i18n';
import { CopyButton } from '../../components/CopyButton';
import { Facts } from '../../components/Facts';
import { Icon, type IconName } from '../../components/Icon';
import { Phone } from '../../components/Phone';
import { Time, useTimes } from '../../components/Time';
import classes from './ContactPage.module.css';
import { happened, whyNot } from './happened';
import { NoteText } from './edit/NoteActions';

type Detail = NonNullable<TimelineItem['detail']>;

const ICONS: Record<string, IconName> = {
  message_out: 'out',
  message_in: 'in',
  call_out: 'out',
  consent: 'record',
  queue: 'queue',
  group: 'groups',
  note: 'note',
  edit: 'edit',
  import: 'upload',
  created: 'plus',
};

const MESSAGES = new Set(['message_in', 'message_out', 'call_out']);

/** One thing that happened. A consent event says who, how and why, and shows its evidence. */
export function TimelineEvent({ contactId, item }: { contactId: string; item: TimelineItem }) {
  const { t } = useTranslation();
  const { at, kind, by, detail = {} } = item;
  const note = kind === 'note';
  const consent = kind === 'consent';
  return (
    <li className={classes.event} data-kind={kind}>
      <span className={classes.icon}>
        <Icon name={ICONS[kind] ?? 'queue'} size={14} />
      </span>
      <div>
        <span className={classes.kind}>
          {wordFor(t, 'timeline', kind)}
          {by && !consent && ` · ${t('mark.who', { who: by })}`}
          {item.edited_at && ` · ${t('notes.edited')}`}
        </span>
        {note ? (
          <NoteText contactId={contactId} item={item} />
        ) : (
          <p className={classes.text}>{said(t, item)}</p>
        )}
        {consent ? <ConsentDetail detail={detail} /> : <MessageDetail detail={detail} />}
      </div>
      <Time at={at} />
    </li>
  );
}

/** A message is shown as it was written; what happened, in words of the console's own. */
function said(t: TFunction, item: TimelineItem): string {
  const { kind, text, detail = {} } = item;
  if (kind === 'consent' && detail.event) return wordFor(t, 'event', eventCode(detail));
  return MESSAGES.has(kind) ? text : happened(t, item);
}

/** What happened, as a code: a key pressed in a call has words of its own. */
function eventCode({ event = '', source }: Detail): string {
  return source === 'Keypress' ? `${event}_by_key` : event;
}

/** How a message fared, and the broadcast it was part of. */
function MessageDetail({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const { state, broadcast_id: broadcastId } = detail;
  const reason = broadcastId || state ? whyNot(t, detail) : undefined;
  const lines = [state && wordFor(t, 'outcome', state), reason].filter(Boolean);
  return (
    <>
      {lines.length > 0 && <div className={classes.kind}>{lines.join(' · ')}</div>}
      {broadcastId && (
        <Link to="/broadcasts/$broadcastId" params={{ broadcastId }} className={classes.source}>
          {t('contact.openBroadcast')}
        </Link>
      )}
    </>
  );
}

/** Through these the contact acts; through all others, somebody acts for them. */
const OWN_ACTS: readonly string[] = ['Keyword', 'Keypress', 'Form'];
/** What the summary says already, or what is shown apart. */
const APART: readonly string[] = [
  'event',
  'by',
  'channels',
  'disclosure',
  'hash',
  'message',
  'reason',
  'sequence',
  'source',
  'user',
];
const HASH_SHOWN = 12;

function ConsentDetail({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const { source, reason, channels } = detail;
  const own = source && OWN_ACTS.includes(source) ? t('evidence.contact') : '';
  const who = detail.by ?? detail.user ?? own;
  const names = (channels ?? '')
    .split(', ')
    .filter(Boolean)
    .map((one) => (one === 'sms' || one === 'voice' ? t(`channel.${one}`) : one));
  const summary = [
    names.join(', '),
    who && t('mark.who', { who }),
    source && t('mark.how', { how: wordFor(t, 'source', source) }),
    reason && t('mark.why', { why: reason }),
  ].filter(Boolean);
  return (
    <>
      {summary.length > 0 && <div className={classes.kind}>{summary.join(' · ')}</div>}
      <Evidence detail={detail} />
    </>
  );
}

/** The place in the chain; opened, the words, the disclosure and all else that is on record. */
function Evidence({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const { sequence, hash } = detail;
  return (
    <details
      className={classes.evidenceBox}
      onToggle={(event) => {
        setOpened(event.currentTarget.open);
      }}
    >
      <summary>
        {t('evidence.show')}
        {sequence && <span className={classes.sequence}> #{sequence}</span>}
        {hash && <code className={classes.hash}>{hash.slice(0, HASH_SHOWN)}</code>}
      </summary>
      {opened && <Record detail={detail} />}
    </details>
  );
}

function Quote({ title, words }: { title: string; words: string }) {
  return (
    <figure className={classes.quote}>
      <figcaption className={classes.kind}>{title}</figcaption>
      <q>{words}</q>
    </figure>
  );
}

function Record({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const { disclosure, message, sequence, hash } = detail;
  const others = Object.entries(detail).filter(([name, value]) => value && !APART.includes(name));
  return (
    <>
      {message && <Quote title={t('evidence.words')} words={message} />}
      {disclosure && <Quote title={t('evidence.disclosure')} words={disclosure} />}
      <Facts
        facts={[
          ...others.map(
            ([name, value]) =>
              [
                wordFor(t, 'evidence', name),
                <Value key={name} name={name} value={value} />,
              ] as const,
          ),
          ...(sequence ? [[t('evidence.sequence'), sequence] as const] : []),
          ...(hash ? [[t('evidence.hash'), <code key="hash">{hash}</code>] as const] : []),
        ]}
      />
      {hash && (
        <div className={classes.copy}>
          <CopyButton value={hash} label={t('evidence.copy')} />
        </div>
      )}
    </>
  );
}

/** Codes whose words depend on what they are about. */
const FAMILIES: Record<string, CodeFamily> = { kind: 'kind', scope: 'scope' };

/** One piece of evidence, as the rest of the console writes such a thing. */
function Value({ name, value }: { name: string; value: string }) {
  const { t } = useTranslation();
  const times = useTimes();
  const family = FAMILIES[name];
  if (family) return wordFor(t, family, value);
  if (name.endsWith('_at') && !Number.isNaN(Date.parse(value))) return times.full(value);
  if (name === 'sender_id') return <Phone e164={value.replace(/^sn_/, '+')} />;
  return <Fragment>{value}</Fragment>;
}
