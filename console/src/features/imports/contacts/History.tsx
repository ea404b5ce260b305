import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { LoadMore } from '../../../components/LoadMore';
import { Section } from '../../../components/Page';
import { Empty, Failed, Loading } from '../../../components/States';
import tableClasses from '../../../components/table.module.css';
import { Time } from '../../../components/Time';
import cardClasses from '../../optouts/OptOuts.module.css';
import { ImportPill } from '../ImportPill';
import { useContactImports } from './api';

const FIGURES = ['added', 'updated', 'existing', 'opted_out', 'invalid'] as const;

/** Earlier imports of contacts: who, when, and what came of each. */
export function History() {
  const { t } = useTranslation();
  const imports = useContactImports();
  const none = !imports.isPending && !imports.error && imports.items.length === 0;
  return (
    <Section title={t('optOutImport.earlier')} flush>
      {imports.isPending && <Loading />}
      {imports.error && <Failed error={imports.error} retry={imports.retry} />}
      {none && (
        <Empty icon="upload" title={t('optOutImport.none')}>
          {t('contactImport.noneWhy')}
        </Empty>
      )}
      {imports.items.length > 0 && (
        <div className={tableClasses.wrap}>
          <table
            className={`${tableClasses.table} ${cardClasses.table}`}
            aria-label={t('optOutImport.earlier')}
          >
            <thead>
              <tr>
                <th scope="col">{t('optOutImport.name')}</th>
                <th scope="col">{t('optOutImport.state')}</th>
                <th scope="col">{t('optOutImport.when')}</th>
                <th scope="col">{t('optOutImport.by')}</th>
                <th scope="col">{t('contactImport.group')}</th>
                {FIGURES.map((figure) => (
                  <th key={figure} scope="col" className={tableClasses.number}>
                    {t(`contactImport.figure.${figure}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {imports.items.map((one) => (
                <tr key={one.id}>
                  <td>
                    <Link
                      to="/settings/imports/$importId"
                      params={{ importId: one.id }}
                      className={`${tableClasses.strong} ${cardClasses.file}`}
                    >
                      {one.file_name}
                    </Link>
                  </td>
                  <td>
                    <ImportPill state={one.state} />
                  </td>
                  <td data-label={t('optOutImport.when')}>
                    <Time at={one.created_at} />
                  </td>
                  <td data-label={t('optOutImport.by')}>{one.created_by}</td>
                  <td data-label={t('contactImport.group')}>{one.group_name || '–'}</td>
                  {FIGURES.map((figure) => (
                    <td
                      key={figure}
                      className={tableClasses.number}
                      data-label={t(`contactImport.figure.${figure}`)}
                    >
                      {t('optOutImport.number', { value: one.counts[figure] ?? 0 })}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <LoadMore pages={imports} />
    </Section>
  );
}
