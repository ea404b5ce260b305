import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Sender } from '../../api/types';
import { Phone } from '../../components/Phone';
import { Pill } from '../../components/Pill';
import { Empty } from '../../components/States';
import classes from './OverviewPage.module.css';

/** The numbers that messages come from, with the program name that people see. */
export function SenderList({ senders }: { senders: Sender[] }) {
  const { t } = useTranslation();
  if (senders.length === 0) {
    return (
      <Empty
        icon="broadcasts"
        title={t('senders.empty')}
        action={<Link to="/try">{t('nav.tryit')}</Link>}
      >
        {t('senders.emptyWhy')}
      </Empty>
    );
  }
  return (
    <div className={classes.senders}>
      {senders.map((sender) => (
        <div key={sender.id} className={classes.sender}>
          <div>
            <div className={classes.program}>{sender.program_name}</div>
            <div className={classes.label}>
              <Phone e164={sender.address} />
              {!sender.is_owner && ` · ${t('senders.borrowed')}`}
            </div>
          </div>
          <Pill tone={sender.registered ? 'ok' : 'warn'}>
            {sender.registered ? t('senders.registered') : t('senders.unregistered')}
          </Pill>
        </div>
      ))}
    </div>
  );
}
