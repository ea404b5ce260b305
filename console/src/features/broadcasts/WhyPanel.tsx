import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/Page';
import { ContactPicker } from '../contacts/ContactPicker';
import { WhyAnswer } from './WhyAnswer';
import classes from './WhyPanel.module.css';

interface Props {
  broadcastId: string;
  contactId: string | undefined;
}

/** "Why was this contact sent this, or not?", for any contact; the address keeps the question. */
export function WhyPanel({ broadcastId, contactId }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const ask = (contact: string | null) => {
    void navigate({
      to: '/broadcasts/$broadcastId',
      params: { broadcastId },
      search: contact ? { contact } : {},
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <Section title={t('why.title')}>
      <div className={classes.field}>
        <ContactPicker
          label={t('why.contact')}
          description={t('why.contactHelp')}
          placeholder={t('why.contactExample')}
          clearLabel={t('why.another')}
          value={contactId ?? null}
          onChange={ask}
        />
      </div>
      {contactId && (
        <div className={classes.answer}>
          <WhyAnswer broadcastId={broadcastId} contactId={contactId} />
          <p className={classes.profile}>
            <Link to="/contacts/$contactId" params={{ contactId }}>
              {t('why.profile')}
            </Link>
          </p>
        </div>
      )}
    </Section>
  );
}
