import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import type { ContactFilter, ContactSearch } from '../contacts/list/search';
import { useExportContacts } from './api';
import { ExportButton } from './ExportButton';

interface Props {
  filter: ContactFilter;
  sort: ContactSearch['sort'];
}

/** Exports the contacts of a view, in its order. */
export function ExportContacts({ filter, sort }: Props) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const start = useExportContacts();
  if (!can('contacts.export')) return null;
  return (
    <ExportButton
      start={start}
      body={{ filter, sort: sort ?? 'newest' }}
      label={t('exports.action')}
    />
  );
}
