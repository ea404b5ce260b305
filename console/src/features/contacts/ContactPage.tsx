import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { CompliancePill } from '../../components/CompliancePill';
import { Facts } from '../../components/Facts';
import { Page, Section } from '../../components/Page';
import { Phone } from '../../components/Phone';
import { Pill } from '../../components/Pill';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { useIntegrations } from '../integrations/api';
import { useContact } from './api';
import { BroadcastQuestion } from './BroadcastQuestion';
import { ConsentSection } from './ConsentSection';
import classes from './ContactPage.module.css';
import { Memberships } from './Memberships';
import { MoreActions } from './MoreActions';
import { contactName } from './name';
import { ProofSection } from './ProofSection';
import { rememberContact } from './recent';
import { Timeline } from './Timeline';

/** One contact: who, may we write to them, and all that happened. */
export function ContactPage() {
  const { t } = useTranslation();
  const { account, can } = useAccess();
  const { contactId } = useParams({ from: '/contacts/$contactId' });
  const query = useContact(contactId);
  const contact = query.data;
  const integrations = useIntegrations();
  const source = integrations.items.find(({ id }) => id === contact?.integration_id)?.name;
  const erased = contact?.erased ?? false;
  const name = contact && (erased ? t('contact.erasedName') : contactName(contact));

  useEffect(() => {
    if (name && !erased) rememberContact({ id: contactId, account: account.id, name });
  }, [contactId, account.id, name, erased]);

  if (!contact || !name) {
    return (
      <Page title={t('contact.title')}>
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
      title={name}
      aside={
        <>
          {contact.queue.state === 'queued' && <Pill tone="info">{t('contact.inQueue')}</Pill>}
          {erased && <Pill tone="mute">{t('contact.erased')}</Pill>}
        </>
      }
      lead={erased ? t('contact.erasedWhy') : <Phone e164={contact.phone} />}
      actions={<MoreActions contact={contact} />}
    >
      <div className={classes.columns}>
        <div className={classes.side}>
          <ConsentSection contact={contact} />
          <Section title={t('contact.details')}>
            <Facts
              facts={[
                [
                  t('contact.phone'),
                  contact.phone ? <Phone key="phone" e164={contact.phone} /> : '–',
                ],
                [t('contact.email'), contact.email || '–'],
                [t('contact.groups'), <Memberships key="groups" groups={contact.groups} />],
                [t('contact.source'), source ?? '–'],
                [t('contact.created'), <Time key="created" at={contact.created_at} />],
                [
                  t('contact.compliance'),
                  <span key="compliance">
                    <CompliancePill compliance={contact.compliance} />
                    {contact.compliance.reason && (
                      <span className={classes.reason}>{contact.compliance.reason}</span>
                    )}
                  </span>,
                ],
              ]}
            />
          </Section>
          <ProofSection contact={contact} />
          {can('broadcasts.view') && <BroadcastQuestion contactId={contactId} />}
        </div>
        <Timeline contactId={contactId} />
      </div>
    </Page>
  );
}
