import { useTranslation } from 'react-i18next';
import type { Sender } from '../../api/types';
import { useAccess } from '../../app/access';
import { wordFor } from '../../app/i18n';
import { Facts } from '../../components/Facts';
import { Icon } from '../../components/Icon';
import { Section } from '../../components/Page';
import { readablePhone } from '../../components/Phone';
import { Pill } from '../../components/Pill';
import { JoinWords } from './JoinWords';
import { SenderForm } from './SenderForm';
import classes from './Senders.module.css';

/** One sender: a form for who may change it, otherwise its settings and why they are fixed. */
export function SenderCard({ sender }: { sender: Sender }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const allowed = can('senders.edit');
  return (
    <Section
      title={readablePhone(sender.address)}
      action={
        <Pill tone={sender.registered ? 'ok' : 'warn'}>
          {t(sender.registered ? 'senders.registered' : 'senders.unregistered')}
        </Pill>
      }
    >
      {!sender.registered && (
        <p className={classes.warning}>
          <Icon name="warning" size={16} />
          {t('senders.cannotSend')}
        </p>
      )}
      {sender.is_owner && allowed ? (
        <SenderForm sender={sender} />
      ) : (
        <>
          <p className={classes.fixed}>
            {t(sender.is_owner ? 'senders.noRight' : 'senders.notOurs')}
          </p>
          <Facts
            facts={[
              [t('senders.program'), sender.program_name],
              [t('senders.stop'), sender.stop_text],
              [t('senders.start'), sender.start_text],
              [t('senders.help'), sender.help_text],
              [t('senders.support'), sender.support_contact || '–'],
              [t('senders.replies'), wordFor(t, 'replies', sender.keyword_replies)],
            ]}
          />
        </>
      )}
      {allowed && <JoinWords sender={sender} />}
    </Section>
  );
}
