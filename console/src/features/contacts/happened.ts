/** What happened to a contact, in the console's words by the API's code. */
import type { TFunction } from 'i18next';
import type { TimelineItem } from '../../api/types';
import { hasWordFor, wordFor } from '../../app/i18n';

type Detail = NonNullable<TimelineItem['detail']>;

/** The words for an item that is neither a message nor a note; the API's for an unknown code. */
export function happened(t: TFunction, { text, detail = {} }: TimelineItem): string {
  const { what = '', origin = '', why = '', reason, channels } = detail;
  const group = detail.group ?? t('contact.aGroup');
  if (what === 'arrived') {
    if (!hasWordFor('arrived', origin)) return text;
    const said = wordFor(t, 'arrived', origin);
    return detail.arrived_by ? `${said}: “${detail.arrived_by}”` : said;
  }
  if (what === 'channel_ended' && hasWordFor('takenOut', why)) {
    return wordFor(t, 'takenOut', why, { channel: wordFor(t, 'channel', channels ?? ''), group });
  }
  if (what === 'queue_left' && reason) {
    return hasWordFor('leftQueue', reason) ? wordFor(t, 'leftQueue', reason) : text;
  }
  if (!hasWordFor('happened', what)) return text;
  return wordFor(t, 'happened', what, { group, fields: fields(t, detail) });
}

/** The fields of the profile that were edited; the account's own by their names. */
function fields(t: TFunction, { fields: names = '' }: Detail): string {
  return names
    .split(', ')
    .map((name) =>
      name.startsWith('custom:')
        ? `“${name.slice('custom:'.length)}”`
        : wordFor(t, 'profileField', name).toLocaleLowerCase(),
    )
    .join(', ');
}

/** Why a message did not get through, with what to do; the API's words for an unknown code. */
export function whyNot(t: TFunction, { code = '', reason }: Detail): string | undefined {
  if (hasWordFor('cause', code)) {
    return `${wordFor(t, 'cause', code)} ${wordFor(t, 'causeNext', code)}`;
  }
  return hasWordFor('because', code) ? wordFor(t, 'because', code) : reason;
}
