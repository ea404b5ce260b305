import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { Section } from '../../components/Page';
import tableClasses from '../../components/table.module.css';
import classes from './Imports.module.css';
import type { AnyImport, ImportKind } from './routes';
import { saveErrors } from './saveErrors';
import formClasses from '../../components/Form.module.css';

/** Rows that stand in the error file. */
const NOT_TAKEN = ['invalid', 'opted_out'] as const;

/** The first lines that cannot be taken, and all of them as a file to correct and send again. */
export function BadLines({ kind, one }: { kind: ImportKind; one: AnyImport }) {
  const { t } = useTranslation();
  const [saving, setSaving] = useState(false);
  const all = NOT_TAKEN.reduce((sum, code) => sum + (one.counts[code] ?? 0), 0);
  const download = async () => {
    setSaving(true);
    try {
      await saveErrors(kind, one.id, `errors-${one.file_name || 'import.csv'}`);
    } catch (error) {
      tellFailed(t, error);
    } finally {
      setSaving(false);
    }
  };
  return (
    <Section
      title={t('optOutImport.bad')}
      flush
      action={
        one.has_errors && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<Icon name="download" size={13} />}
            loading={saving}
            onClick={() => void download()}
          >
            {t('optOutImport.errorFile')}
          </Button>
        )
      }
    >
      <div className={tableClasses.wrap}>
        <table className={tableClasses.table} aria-label={t('optOutImport.bad')}>
          <thead>
            <tr>
              <th scope="col">{t('optOutImport.line')}</th>
              <th scope="col">{t('optOutImport.value')}</th>
              <th scope="col">{t('optOutImport.whyNot')}</th>
            </tr>
          </thead>
          <tbody>
            {one.samples.map(({ line, value, code, message }) => (
              <tr key={`${line} ${code}`}>
                <td>{line}</td>
                <td className={classes.value}>{value || '–'}</td>
                <td>{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all > one.samples.length && (
        <p className={`${formClasses.small} ${classes.first}`}>
          {t('optOutImport.first', { shown: one.samples.length, all })}
        </p>
      )}
    </Section>
  );
}
