import { useTranslation } from 'react-i18next';
import { wordFor } from '../../../app/i18n';
import { useGroups } from '../../groups/api';
import { useIntegrations } from '../../integrations/api';
import { useLabels } from '../../labels/api';
import {
  ANSWERS,
  COMPLIANCE,
  NO_GROUP,
  OPTED_OUT,
  ORIGINS,
  STATUSES,
  type FilterName,
} from './search';

interface Choice {
  value: string;
  label: string;
}

/** What each filter can be, in words. */
export function useFilterChoices(): Record<FilterName, Choice[]> {
  const { t } = useTranslation();
  const groups = useGroups();
  const integrations = useIntegrations();
  const labels = useLabels();
  const words = (family: Parameters<typeof wordFor>[1], values: readonly string[]) =>
    values.map((value) => ({ value, label: wordFor(t, family, value) }));
  return {
    group: [
      { value: NO_GROUP, label: t('contacts.noGroup') },
      ...groups.items.map(({ id, name }) => ({ value: id, label: name })),
    ],
    label: (labels.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
    status: words('overall', STATUSES),
    out: words('optedOutOf', OPTED_OUT),
    compliance: words('compliance', COMPLIANCE),
    favourite: words('yesNo', ['yes', 'no']),
    answer: words('answer', ANSWERS),
    source: [
      ...words('origin', ORIGINS),
      ...integrations.items.map(({ id, name }) => ({ value: id, label: name })),
    ],
    import: [],
  };
}
