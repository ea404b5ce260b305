import { Button, NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../../app/i18n';
import { Icon } from '../../../components/Icon';
import { useImport } from '../../imports/api';
import { useFilterChoices } from './choices';
import classes from './Contacts.module.css';
import { contactSearch, FILTERS, type ContactSearch, type FilterName } from './search';

interface Props {
  search: ContactSearch;
  /** Given by the page itself, so not to be chosen. */
  fixed?: FilterName;
  onChange: (search: ContactSearch) => void;
}

/** Every filter as a choice of its own. */
export function FilterPanel({ search, fixed, onChange }: Props) {
  const { t } = useTranslation();
  const choices = useFilterChoices();
  return (
    <div className={classes.filters} role="group" aria-label={t('contacts.filters')}>
      {FILTERS.filter((name) => name !== fixed && name !== 'import').map((name) => (
        <NativeSelect
          key={name}
          size="xs"
          label={t(`contacts.filter.${name}`)}
          value={search[name] ?? ''}
          data={[{ value: '', label: t('contacts.any') }, ...choices[name]]}
          onChange={(event) => {
            onChange(contactSearch({ ...search, [name]: event.currentTarget.value }));
          }}
        />
      ))}
    </div>
  );
}

const nothing = () => undefined;

/** The filters in use, each with a way to take it away. */
export function FilterChips({ search, fixed, onChange }: Props) {
  const { t } = useTranslation();
  const choices = useFilterChoices();
  const file = useImport('contacts', search.import ?? null, nothing).data?.file_name;
  const used = FILTERS.filter((name) => name !== fixed && search[name] !== undefined);
  if (used.length === 0) return null;
  return (
    <div className={classes.chips}>
      {used.map((name) => {
        const value = search[name];
        const label =
          name === 'import' ? file : choices[name].find((one) => one.value === value)?.label;
        const kind = t(`contacts.filter.${name}`);
        const words =
          name === 'import' && !label
            ? kind
            : `${kind}: ${label ?? wordFor(t, 'overall', value ?? '')}`;
        return (
          <span key={name} className={classes.chip}>
            {words}
            <button
              type="button"
              aria-label={t('contacts.removeFilter', { filter: words })}
              onClick={() => {
                onChange(contactSearch({ ...search, [name]: undefined }));
              }}
            >
              <Icon name="close" size={12} />
            </button>
          </span>
        );
      })}
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => {
          onChange(contactSearch({ sort: search.sort, ...(fixed && { [fixed]: search[fixed] }) }));
        }}
      >
        {t('contacts.clearFilters')}
      </Button>
    </div>
  );
}
