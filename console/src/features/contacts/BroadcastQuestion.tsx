import { Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/Page';
import { useBroadcasts } from '../broadcasts/api';
import { WhyAnswer } from '../broadcasts/WhyAnswer';

/** "Did this contact get that broadcast, and why not?", from the profile. */
export function BroadcastQuestion({ contactId }: { contactId: string }) {
  const { t } = useTranslation();
  const broadcasts = useBroadcasts();
  const [chosen, setChosen] = useState<string | null>(null);
  if (broadcasts.items.length === 0) return null;
  return (
    <Section title={t('why.title')}>
      <Select
        label={t('why.broadcast')}
        placeholder={t('why.choose')}
        data={broadcasts.items.map(({ id, name }) => ({ value: id, label: name }))}
        value={chosen}
        onChange={setChosen}
        mb={chosen ? 'md' : undefined}
      />
      {chosen && <WhyAnswer broadcastId={chosen} contactId={contactId} />}
    </Section>
  );
}
