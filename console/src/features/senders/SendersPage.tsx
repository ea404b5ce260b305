import { useTranslation } from 'react-i18next';
import { LoadMore } from '../../components/LoadMore';
import { Page, Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { useSenders } from './api';
import { SenderCard } from './SenderCard';

/** The numbers that messages come from: what they say by themselves, and who may join by a word. */
export function SendersPage() {
  const { t } = useTranslation();
  const senders = useSenders();
  const none = !senders.isPending && !senders.error && senders.items.length === 0;
  return (
    <Page title={t('nav.senders')} lead={t('senders.lead')} width="narrow">
      {(senders.isPending || senders.error !== null || none) && (
        <Section title={t('nav.senders')} flush>
          {senders.isPending && <Loading rows={6} />}
          {senders.error && <Failed error={senders.error} retry={senders.retry} />}
          {none && (
            <Empty icon="senders" title={t('senders.empty')}>
              {t('senders.emptyWhy')}
            </Empty>
          )}
        </Section>
      )}
      {senders.items.map((sender) => (
        <SenderCard key={sender.id} sender={sender} />
      ))}
      <LoadMore pages={senders} />
    </Page>
  );
}
