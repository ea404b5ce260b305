import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { announce } from '../../app/announce';
import { useShortcuts, type Shortcuts } from '../../app/shortcuts';
import { tellFailed } from '../../app/toast';
import { tellUndoable, undoLatest } from '../../app/undo';
import { Icon } from '../../components/Icon';
import { useFavourite, useLabelOne, useLabels } from '../labels/api';
import { LabelDialog } from '../labels/LabelDialog';
import type { Profile } from './edit/api';
import { EditDialog } from './edit/EditDialog';
import { MoreActions } from './MoreActions';

/** What is done often with one contact: edit, label, favourite; each can be taken back. */
export function ProfileActions({ contact }: { contact: Profile }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const [editing, edit] = useDisclosure(false);
  const [labelling, label] = useDisclosure(false);
  const favourite = useFavourite();
  const labelOne = useLabelOne();
  const labels = useLabels();
  const mayEdit = can('contacts.edit') && !contact.erased;
  const onError = (error: Error) => {
    tellFailed(t, error);
  };

  const star = () => {
    const on = !contact.favourite;
    const set = (value: boolean) => favourite.mutateAsync({ contactId: contact.id, on: value });
    set(on).then(() => {
      tellUndoable(t, t(on ? 'labels.starred' : 'labels.unstarred'), () => set(!on));
    }, onError);
  };
  const relabel = (labelId: string, on: boolean) => {
    const name = labels.data?.items.find(({ id }) => id === labelId)?.name ?? '';
    const set = (value: boolean) =>
      labelOne.mutateAsync({ contactId: contact.id, labelId, on: value });
    set(on).then(() => {
      const message = t(on ? 'labels.given' : 'labels.taken', { name });
      tellUndoable(t, message, () => set(!on));
      announce(message);
    }, onError);
  };
  const shortcuts: Shortcuts = {
    u: () => {
      undoLatest();
    },
  };
  if (mayEdit) {
    shortcuts.e = edit.open;
    shortcuts.l = label.open;
    shortcuts.f = star;
  }
  useShortcuts(shortcuts);
  return (
    <>
      {mayEdit && (
        <>
          <Button
            variant="default"
            aria-pressed={contact.favourite}
            loading={favourite.isPending}
            leftSection={<Icon name={contact.favourite ? 'starred' : 'star'} size={15} />}
            onClick={star}
          >
            {t('contacts.favourite')}
          </Button>
          <Button
            variant="default"
            leftSection={<Icon name="label" size={15} />}
            onClick={label.open}
          >
            {t('labels.label')}
          </Button>
          <Button leftSection={<Icon name="edit" size={15} />} onClick={edit.open}>
            {t('edit.action')}
          </Button>
          <EditDialog contact={contact} opened={editing} onClose={edit.close} />
          <LabelDialog
            title={t('bulk.labelTitle', { count: 1 })}
            opened={labelling}
            has={contact.labels}
            onClose={label.close}
            onChoose={relabel}
          />
        </>
      )}
      <MoreActions contact={contact} />
    </>
  );
}
