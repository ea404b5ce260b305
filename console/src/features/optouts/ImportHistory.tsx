import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { LoadMore } from '../../components/LoadMore';
import { Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import tableClasses from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { useImports } from './imports';
import { ImportPill } from '../imports/ImportPill';
import { KindPill } from './KindPill';
import classes from './OptOuts.module.css';

const FIGURES = ['added', 'raised', 'already', 'invalid'] as const;

/** Earlier imports: who, when, and what came of each. */
export function ImportHistory() {
  const { t } = useTranslation();
  const imports = useImports();
  return (
    <Section title={t('optOutImport.earlier')} flush>
      {imports.isPending && <Loading />}
      {imports.error && <Failed error={imports.error} retry={imports.retry} />}
      {!imports.isPending && !imports.error && imports.items.length === 0 && (
        <Empty icon="upload" title={t('optOutImport.none')}>
          {t('optOutImport.noneWhy')}
        </Empty>
      )}
      {imports.items.length > 0 && (
        <div className={tableClasses.wrap}>
          <table
            className={`${tableClasses.table} ${classes.table}`}
            aria-label={t('optOutImport.earlier')}
          >
            <thead>
              <tr>
                <th scope="col">{t('optOutImport.name')}</th>
                <th scope="col">{t('optOutImport.state')}</th>
                <th scope="col">{t('optOutImport.when')}</th>
                <th scope="col">{t('optOutImport.by')}</th>
                <th scope="col">{t('optOuts.kind')}</th>
                {FIGURES.map((figure) => (
                  <th key={figure} scope="col" className={tableClasses.number}>
                    {t(`optOutImport.figure.${figure}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {imports.items.map((one) => (
                <tr key={one.id}>
                  <td>
                    <Link
                      to="/opt-outs/imports/$importId"
                      params={{ importId: one.id }}
                      className={`${tableClasses.strong} ${classes.file}`}
                    >
                      {one.file_name || t('optOutImport.unnamed')}
                    </Link>
                  </td>
                  <td>
                    <ImportPill state={one.state} />
                  </td>
                  <td data-label={t('optOutImport.when')}>
                    <Time at={one.created_at} />
                  </td>
                  <td data-label={t('optOutImport.by')}>{one.created_by}</td>
                  <td>
                    <KindPill kind={one.kind} />
                  </td>
                  {FIGURES.map((figure) => (
                    <td
                      key={figure}
                      className={tableClasses.number}
                      data-label={t(`optOutImport.figure.${figure}`)}
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
