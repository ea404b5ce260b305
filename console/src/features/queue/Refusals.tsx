import { useTranslation } from 'react-i18next';
import { Notice } from '../../components/Notice';
import type { MoveRefusal } from '../../api/types';

export interface NamedRefusal extends MoveRefusal {
  name: string;
}

interface Props {
  refusals: NamedRefusal[];
  onClose: () => void;
}

/** Who could not be moved and why; stays until it is closed, since it asks for a decision. */
export function Refusals({ refusals, onClose }: Props) {
  const { t } = useTranslation();
  if (refusals.length === 0) return null;
  return (
    <Notice tone="warn" title={t('move.refused', { count: refusals.length })} onClose={onClose}>
      <ul style={{ margin: 0, paddingLeft: '1.1rem' }}>
        {refusals.map(({ contact_id, name, by, group, message }) => (
          <li key={contact_id}>
            <strong>{name}</strong>: {by && group ? t('move.movedBy', { by, group }) : message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
