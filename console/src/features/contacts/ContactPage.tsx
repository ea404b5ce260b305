import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { wordFor } from '../../app/i18n';
import { CompliancePill } from '../../components/CompliancePill';
import { Facts } from '../../components/Facts';
import { Page, Section } from '../../components/Page';
import { Phone } from '../../components/Phone';
import { Pill } from '../../components/Pill';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { TimeThere } from '../../components/Zones';
import { Labels } from '../labels/Labels';
import { useContact } from './api';
import { BroadcastQuestion } from './BroadcastQuestion';
import { ConsentSection } from './ConsentSection';
import classes from './ContactPage.module.css';
import { DiagnosisSection } from './edit/DiagnosisSection';
import { Favourite } from './list/Favourite';
import { Memberships } from './Memberships';
import { contactName } from './name';
import { ProfileActions } from './ProfileHead';
import { ProofSection } from './ProofSection';
import { Timeline } from './Timeline';

/** One contact: who, may we write to them, and all that happened. */
export function ContactPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { contactId } = useParams({ from: '/contacts/$contactId' });
  const query = useContact(contactId);
  const contact = query.data;
  const erased = contact?.erased ?? false;
  const name = contact && (erased ? t('contact.erasedName') : contactName(contact));

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
          {contact.favourite && <Favourite />}
          {contact.status === 'opted_out' && (
            <Pill tone="bad">{wordFor(t, 'overall', contact.status)}</Pill>
          )}
          {contact.status === 'unreachable' && (
            <Pill tone="warn">{wordFor(t, 'overall', contact.status)}</Pill>
          )}
          <Labels ids={contact.labels} />
          {erased && <Pill tone="mute">{t('contact.erased')}</Pill>}
        </>
      }
      lead={erased ? t('contact.erasedWhy') : <Phone e164={contact.phone} />}
      actions={<ProfileActions contact={contact} />}
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
                [t('contact.source'), contact.origin_name || wordFor(t, 'origin', contact.origin)],
                [
                  t('contact.created'),
                  <TimeThere key="created" at={contact.created_at} zones={contact.zones} />,
                ],
                [t('edit.zone'), contact.zone || contact.zones.join(', ') || '–'],
                [
                  t('contacts.lineType'),
                  contact.line_type ? wordFor(t, 'lineType', contact.line_type) : '–',
                ],
                ...(contact.opt_in
                  ? [[t('contacts.answer'), wordFor(t, 'answer', contact.opt_in)] as const]
                  : []),
                ...Object.entries(contact.custom),
                ...(contact.edited_at
                  ? [
                      [
                        t('contact.edited'),
                        <span key="edited">
                          <Time at={contact.edited_at} /> {contact.edited_by}
                        </span>,
                      ] as const,
                    ]
                  : []),
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
          {!erased && can('queue.view') && <DiagnosisSection contactId={contactId} />}
          <ProofSection contact={contact} />
          {can('broadcasts.view') && <BroadcastQuestion contactId={contactId} />}
        </div>
        <Timeline contactId={contactId} mayWrite={can('contacts.edit') && !erased} />
      </div>
    </Page>
  );
}
