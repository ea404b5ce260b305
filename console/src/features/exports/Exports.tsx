import { Button, Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { DataTable } from '../../components/DataTable';
import { LoadMore } from '../../components/LoadMore';
import { Section } from '../../components/Page';
import { Pill } from '../../components/Pill';
import { Empty, Failed, Loading } from '../../components/States';
import tableClasses from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { useExportLink, useExports, type Export } from './api';
import formClasses from '../../components/Form.module.css';

/** Exports of the last days: how far they are, and the file while it is kept. */
export function Exports() {
  const { t } = useTranslation();
  const exports = useExports();
  const none = !exports.isPending && !exports.error && exports.items.length === 0;
  return (
    <Section title={t('exports.all')} flush>
      {exports.isPending && <Loading />}
      {exports.error && <Failed error={exports.error} retry={exports.retry} />}
      {none && (
        <Empty icon="download" title={t('exports.none')}>
          {t('exports.noneWhy')}
        </Empty>
      )}
      {exports.items.length > 0 && (
        <DataTable
          label={t('exports.all')}
          heads={[
            t('exports.content'),
            t('optOutImport.state'),
            t('optOutImport.when'),
            t('optOutImport.by'),
            { label: t('optOuts.action'), hidden: true },
          ]}
        >
          <tbody>
            {exports.items.map((one) => (
              <Row key={one.id} one={one} />
            ))}
          </tbody>
        </DataTable>
      )}
      <LoadMore pages={exports} />
    </Section>
  );
}

function Row({ one }: { one: Export }) {
  const { t } = useTranslation();
  const fetchIt = useExportLink();
  const finished = one.state === 'finished';
  const running = one.state === 'running';
  const share = one.expected > 0 ? Math.min(100, (100 * one.rows) / one.expected) : 0;
  return (
    <tr>
      <td>
        {wordFor(t, 'exportContent', one.content)}
        <div className={formClasses.small}>{t('exports.rows', { count: one.rows })}</div>
      </td>
      <td>
        <Pill tone={finished ? 'ok' : running ? 'info' : 'mute'}>
          {wordFor(t, 'jobState', one.state)}
        </Pill>
        {running && (
          <Progress
            value={share}
            size="xs"
            mt={6}
            animated
            aria-label={t('optOutImport.progress')}
          />
        )}
      </td>
      <td data-label={t('optOutImport.when')}>
        <Time at={one.created_at} />
      </td>
      <td data-label={t('optOutImport.by')}>{one.created_by}</td>
      <td className={tableClasses.action}>
        {finished && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<Icon name="download" size={13} />}
            loading={fetchIt.isPending}
            onClick={() => {
              fetchIt.mutate(one.id, {
                onError: (error) => {
                  tellFailed(t, error);
                },
              });
            }}
          >
            {t('exports.fetch')}
          </Button>
        )}
      </td>
    </tr>
  );
}
