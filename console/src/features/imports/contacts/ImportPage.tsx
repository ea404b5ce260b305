import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../app/access';
import { wordFor } from '../../../app/i18n';
import { Facts } from '../../../components/Facts';
import { Section } from '../../../components/Page';
import { Pill } from '../../../components/Pill';
import { Time } from '../../../components/Time';
import { Counts, isCounted } from '../Counts';
import { useFileSize } from '../fileSize';
import { ImportFrame } from '../ImportFrame';
import type { ContactImport } from '../routes';
import { useContactImport } from './api';
import { ImportStep } from './ImportStep';

const OUTCOMES = ['added', 'updated', 'existing', 'opted_out', 'duplicate', 'invalid'];

/** One import of contacts, from the file to what came of it. */
export function ImportPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { importId } = useParams({ from: '/settings/imports/$importId' });
  const allowed = can('contacts.import');
  const query = useContactImport(allowed ? importId : null);
  return (
    <ImportFrame
      kind="contacts"
      title={t('contactImport.title')}
      allowed={allowed}
      query={query}
      aside={(one) =>
        one.state === 'uploading' && one.parts_received >= one.parts_expected ? (
          <Pill tone="warn">{t('contactImport.choosing')}</Pill>
        ) : null
      }
      about={(one) => one.state !== 'uploading' && <About one={one} />}
    >
      {(one) => (
        <>
          <ImportStep key={one.id} one={one} />
          {isCounted(one.state) && (
            <Counts
              one={one}
              state={one.state}
              codes={OUTCOMES}
              words={(code) => wordFor(t, one.state === 'checked' ? 'rowsWill' : 'rowsDid', code)}
              total={t('contactImport.total')}
            />
          )}
        </>
      )}
    </ImportFrame>
  );
}

function About({ one }: { one: ContactImport }) {
  const { t } = useTranslation();
  const size = useFileSize();
  const { proof } = one.options;
  return (
    <Section title={t('optOutImport.about')}>
      <Facts
        facts={[
          [t('optOutImport.by'), one.created_by],
          [t('optOutImport.when'), <Time key="when" at={one.created_at} />],
          [t('contactImport.group'), one.group_name || '–'],
          [
            t('contactImport.agreed'),
            proof ? `“${proof.text}” (${proof.attested_by})` : t('contactImport.noProofShort'),
          ],
          [t('optOutImport.size'), size(one.size)],
          [t('optOutImport.encoding'), one.encoding ?? '–'],
          [t('contactImport.keptUntil'), <Time key="until" at={one.files_until} />],
        ]}
      />
    </Section>
  );
}
