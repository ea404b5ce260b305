import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../components/Notice';
import { useAccess } from '../../app/access';
import { explain } from '../../app/explain';
import { matches, TypeAhead, type Choice } from '../../components/TypeAhead';
import { useGroups } from '../groups/api';
import type { Destination } from './api';

interface Props {
  /** Where it is not about moving out of the queue. */
  title?: string;
  /** How many contacts will move; 0 keeps the dialog shut. */
  count: number;
  opened: boolean;
  onClose: () => void;
  onMove: (to: Destination) => void;
}

/** Type a few letters, Enter: into that group. No such group: Enter creates it on the way. */
export function MoveDialog({ title, count, opened, onClose, onMove }: Props) {
  const { t } = useTranslation();
  // Read before the dialog opens, so that typing finds them at once.
  useGroups();
  return (
    <Modal
      opened={opened && count > 0}
      onClose={onClose}
      title={title ?? t('move.title', { count })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <GroupPicker onMove={onMove} />
    </Modal>
  );
}

function GroupPicker({ onMove }: Pick<Props, 'onMove'>) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const groups = useGroups();
  const mayCreate = can('groups.edit');

  const match = (text: string) => {
    const choices: Choice[] = groups.items
      .filter(({ name }) => matches(name, text))
      .map(({ id, name }) => ({
        id,
        label: name,
        icon: 'groups',
        choose: () => {
          onMove({ id, name });
        },
      }));
    const folded = text.toLocaleLowerCase();
    const exists = groups.items.some(({ name }) => name.toLocaleLowerCase() === folded);
    // Not before the groups are known: Enter must never make a second group of the same name.
    if (text && !exists && mayCreate && !groups.isPending) {
      choices.push({
        id: 'new',
        label: t('move.create', { name: text }),
        icon: 'plus',
        choose: () => {
          onMove({ newName: text });
        },
      });
    }
    return [{ name: t('move.groups'), choices }];
  };

  return (
    <>
      {groups.error && (
        <Notice tone="bad" title={explain(t, groups.error).title}>
          {explain(t, groups.error).cause}
        </Notice>
      )}
      <TypeAhead
        label={t('move.group')}
        placeholder={t('move.placeholder')}
        listLabel={t('move.groups')}
        match={match}
        nothing={
          groups.isPending
            ? t('common.loading')
            : t(mayCreate ? 'move.none' : 'move.noneAndNoRight')
        }
      />
      <p
        style={{
          margin: '0.75rem 0 0',
          color: 'var(--mantine-color-dimmed)',
          fontSize: 'var(--mantine-font-size-xs)',
        }}
      >
        <kbd>↑</kbd> <kbd>↓</kbd> <kbd>↵</kbd> {t('move.keys')}
      </p>
    </>
  );
}
