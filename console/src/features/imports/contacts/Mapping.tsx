import { NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../../app/i18n';
import { Phone } from '../../../components/Phone';
import tableClasses from '../../../components/table.module.css';
import type { ColumnChoice, Holds, Options, Preview } from './api';
import classes from './Mapping.module.css';

const HOLDS = [
  'phone',
  'first_name',
  'last_name',
  'full_name',
  'email',
  'labels',
  'custom',
  'ignored',
] as const satisfies Holds[];
/** What only one column can hold. */
const ONCE = new Set<Holds>(['phone', 'first_name', 'last_name', 'full_name', 'email', 'labels']);

interface Props {
  read: Preview;
  busy: boolean;
  onChange: (part: Partial<Options>) => void;
}

/** Each column of the file with what it is taken for, above the first rows as they would go in. */
export function Mapping({ read, busy, onChange }: Props) {
  const { t } = useTranslation();
  const change = (position: number, holds: Holds, name = '') => {
    const columns = read.columns.map((column): ColumnChoice => {
      if (column.position === position) {
        const given = holds === 'custom' ? name || column.name || column.title : '';
        return { position, holds, name: given };
      }
      // What another column held before is now here.
      const taken = column.holds === holds && ONCE.has(holds);
      return {
        position: column.position,
        holds: taken ? 'ignored' : column.holds,
        name: taken || column.holds !== 'custom' ? '' : column.name,
      };
    });
    onChange({ columns });
  };
  const bad = read.rows.filter(({ error }) => error).length;
  return (
    <>
      <p className={classes.hint} role="status">
        {bad > 0
          ? t('contactImport.someBad', { count: bad, rows: read.rows.length })
          : t('contactImport.allGood', { count: read.rows.length })}
      </p>
      <div
        className={classes.wrap}
        role="group"
        aria-label={t('contactImport.columns')}
        // Scrollable, so it must be reachable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        <table className={`${tableClasses.table} ${classes.map}`} aria-busy={busy}>
          <thead>
            <tr>
              <th scope="col" className={classes.lineNumber}>
                {t('optOutImport.line')}
              </th>
              {read.columns.map(({ position, title, holds, name }) => (
                <th key={position} scope="col" data-ignored={holds === 'ignored'}>
                  <span className={classes.columnTitle} title={title}>
                    {title || t('contactImport.untitled', { number: position + 1 })}
                  </span>
                  <NativeSelect
                    size="xs"
                    aria-label={t('contactImport.holds', { column: title || position + 1 })}
                    value={holds}
                    data={HOLDS.map((value) => ({ value, label: wordFor(t, 'holds', value) }))}
                    onChange={(event) => {
                      const next = HOLDS.find((one) => one === event.currentTarget.value);
                      if (next) change(position, next);
                    }}
                  />
                  {holds === 'custom' && (
                    <TextInput
                      key={name}
                      size="xs"
                      mt={4}
                      aria-label={t('contactImport.fieldName', { column: title || position + 1 })}
                      defaultValue={name}
                      maxLength={60}
                      onBlur={(event) => {
                        const given = event.currentTarget.value.trim();
                        if (given && given !== name) change(position, 'custom', given);
                      }}
                    />
                  )}
                </th>
              ))}
              <th scope="col">{t('contactImport.becomes')}</th>
            </tr>
          </thead>
          <tbody>
            {read.rows.map((row) => (
              <tr key={row.line} data-bad={Boolean(row.error)}>
                <td className={classes.lineNumber}>{row.line}</td>
                {read.columns.map(({ position, holds }) => (
                  <td key={position} data-ignored={holds === 'ignored'}>
                    {row.cells[position] ?? ''}
                  </td>
                ))}
                <td className={classes.result}>
                  {row.error ? (
                    <span className={classes.rowError}>{row.error}</span>
                  ) : (
                    <>
                      <Phone e164={row.phone} /> {row.first_name} {row.last_name}
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {read.samples.length > 0 && (
        <ul className={classes.samples}>
          {read.samples.map(({ line, message }) => (
            <li key={line}>
              {t('optOutImport.line')} {line}: {message}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
