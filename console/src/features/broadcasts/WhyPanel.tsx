import { Autocomplete, Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { Section } from '../../components/Page';
import { recentContacts } from '../contacts/recent';
import { WhyAnswer } from './WhyAnswer';
import classes from './WhyPanel.module.css';

interface Props {
  broadcastId: string;
  contactId: string | undefined;
}

/** The id in whatever was typed: a recent contact's name, an id, or a profile's address. */
function contactIn(typed: string, recent: { id: string; name: string }[]): string | null {
  const known = recent.find(({ name }) => name === typed.trim());
  return known?.id ?? /ct_[0-9a-z]+/i.exec(typed)?.[0] ?? null;
}

/** "Why was this contact sent this, or not?", for any contact. */
export function WhyPanel({ broadcastId, contactId }: Props) {
  const { t } = useTranslation();
  const { account } = useAccess();
  const navigate = useNavigate();
  const recent = recentContacts(account.id);
  const [typed, setTyped] = useState(
    () => recent.find(({ id }) => id === contactId)?.name ?? contactId ?? '',
  );
  const [missing, setMissing] = useState(false);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const contact = contactIn(typed, recent);
    setMissing(contact === null);
    if (contact) {
      void navigate({
        to: '/broadcasts/$broadcastId',
        params: { broadcastId },
        search: { contact },
        replace: true,
        resetScroll: false,
      });
    }
  };

  return (
    <Section title={t('why.title')}>
      <form onSubmit={submit} className={classes.form}>
        <Autocomplete
          label={t('why.contact')}
          description={t('why.contactHelp')}
          placeholder="ct_…"
          data={[...new Set(recent.map(({ name }) => name))]}
          value={typed}
          onChange={setTyped}
          error={missing && t('why.missing')}
          className={classes.field}
        />
        <Button type="submit" variant="default">
          {t('why.ask')}
        </Button>
      </form>
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
