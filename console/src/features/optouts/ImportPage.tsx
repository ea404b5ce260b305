import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { wordFor } from '../../app/i18n';
import { Facts } from '../../components/Facts';
import { Section } from '../../components/Page';
import { Time } from '../../components/Time';
import { Counts, isCounted } from '../imports/Counts';
import { useFileSize } from '../imports/fileSize';
import { ImportFrame } from '../imports/ImportFrame';
import { useOptOutImport } from './imports';
import { ImportStep } from './ImportStep';
import { KindPill } from './KindPill';
import type { Import } from './routes';

const OF_A_GROUP = ['added', 'raised', 'already'];
const OF_A_FILE = [...OF_A_GROUP, 'duplicate', 'invalid'];

/** One import of opt-outs: what it would do, does, or did. */
export function ImportPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { importId } = useParams({ from: '/opt-outs/imports/$importId' });
  const allowed = can('opt_outs.import');
  const query = useOptOutImport(allowed ? importId : null);
  return (
    <ImportFrame
      kind="opt-outs"
      title={t('optOutImport.title')}
      allowed={allowed}
      query={query}
      about={(one) => <About one={one} />}
    >
      {(one) => (
        <>
          <ImportStep key={one.id} one={one} />
          {isCounted(one.state) && (
            <Counts
              one={one}
              state={one.state}
              codes={codesOf(one)}
              words={(code) =>
                wordFor(t, one.state === 'checked' ? 'importWill' : 'importDid', code)
              }
              total={t('optOutImport.total')}
            />
          )}
        </>
      )}
    </ImportFrame>
  );
}

function codesOf(one: Import): string[] {
  const first = one.size > 0 ? OF_A_FILE : OF_A_GROUP;
  return [...first, ...Object.keys(one.counts).filter((code) => !first.includes(code))];
}

function About({ one }: { one: Import }) {
  const { t } = useTranslation();
  const size = useFileSize();
  return (
    <Section title={t('optOutImport.about')}>
      <Facts
        facts={[
          [t('optOutImport.by'), one.created_by],
          [t('optOutImport.when'), <Time key="when" at={one.created_at} />],
          [t('optOuts.kind'), <KindPill key="kind" kind={one.kind} />],
          [
            t('optOuts.channels'),
            one.channels.map((channel) => t(`channel.${channel}`)).join(', '),
          ],
          [t('optOuts.reason'), one.reason || '–'],
          ...(one.size > 0 ? [[t('optOutImport.size'), size(one.size)] as const] : []),
          ...(one.encoding ? [[t('optOutImport.encoding'), one.encoding] as const] : []),
        ]}
      />
    </Section>
  );
}
