import { useTranslation } from 'react-i18next';
import type { Channel, ConsentGroup } from '../../api/consent';
import { wordFor } from '../../app/i18n';
import { useTimes } from '../../components/Time';
import classes from './ContactPage.module.css';

const CHANNELS = ['sms', 'voice'] as const satisfies Channel[];

/** The groups of a contact; where a channel was taken out, which one, when and why. */
export function Memberships({ groups }: { groups: ConsentGroup[] }) {
  const { t } = useTranslation();
  const times = useTimes();
  if (groups.length === 0) return t('contact.noGroups');
  return (
    <ul className={classes.groups}>
      {groups.map(({ id, name, channels, ended = {} }) => (
        <li key={id}>
          {channels.length > 0 ? name : t('contact.nothingLeft', { group: name })}
          {CHANNELS.map((channel) => {
            const end = ended[channel];
            return (
              end && (
                <span key={channel} className={classes.reason}>
                  {t('contact.takenOut', {
                    channel: t(`channel.${channel}`),
                    when: times.short(end.at),
                    why: wordFor(t, 'ended', end.why),
                  })}
                </span>
              )
            );
          })}
        </li>
      ))}
    </ul>
  );
}
