import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LoadMore } from '../../components/LoadMore';
import { Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import tableClasses from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { useImports } from './api';
import { ImportPill } from './ImportPill';
import type { ImportKind, ImportOf } from './routes';

const TO = {
  contacts: '/settings/imports/$importId',
  'opt-outs': '/opt-outs/imports/$importId',
} as const;

interface Column<One> {
  title: string;
  cell: (one: One) => ReactNode;
}

interface Props<Kind extends ImportKind> {
  kind: Kind;
  /** Why there may be none. */
  noneWhy: string;
  /** What only imports of this kind have. */
  own: Column<ImportOf[Kind]>;
  /** Counts worth a column, with their titles. */
  figures: readonly (readonly [code: string, title: string])[];
}

/** Earlier imports: who, when, and what came of each. */
export function History<Kind extends ImportKind>({ kind, noneWhy, own, figures }: Props<Kind>) {
  const { t } = useTranslation();
  const imports = useImports(kind);
  const to: (typeof TO)[ImportKind] = TO[kind];
  const none = !imports.isPending && !imports.error && imports.items.length === 0;
  return (
    <Section title={t('optOutImport.earlier')} flush>
      {imports.isPending && <Loading />}
      {imports.error && <Failed error={imports.error} retry={imports.retry} />}
      {none && (
        <Empty icon="upload" title={t('optOutImport.none')}>
          {noneWhy}
        </Empty>
      )}
      {imports.items.length > 0 && (
        <div className={tableClasses.wrap}>
          <table
            className={`${tableClasses.table} ${tableClasses.cards}`}
            aria-label={t('optOutImport.earlier')}
          >
            <thead>
              <tr>
                <th scope="col">{t('optOutImport.name')}</th>
                <th scope="col">{t('optOutImport.state')}</th>
                <th scope="col">{t('optOutImport.when')}</th>
                <th scope="col">{t('optOutImport.by')}</th>
                <th scope="col">{own.title}</th>
                {figures.map(([code, title]) => (
                  <th key={code} scope="col" className={tableClasses.number}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {imports.items.map((one) => (
                <tr key={one.id}>
                  <td>
                    <Link
                      to={to}
                      params={{ importId: one.id }}
                      className={`${tableClasses.strong} ${tableClasses.file}`}
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
                  <td data-label={own.title}>{own.cell(one)}</td>
                  {figures.map(([code, title]) => (
                    <td key={code} className={tableClasses.number} data-label={title}>
                      {t('optOutImport.number', {
                        value: (one.counts as Partial<Record<string, number>>)[code] ?? 0,
                      })}
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
