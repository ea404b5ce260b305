import { Modal, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { tellDone, tellFailed } from '../../app/toast';
import { tellUndoable } from '../../app/undo';
import { ActionMenu } from '../../components/ActionMenu';
import { DialogForm } from '../../components/DialogForm';
import { useChangeGroup, type Group } from './api';
import { DeleteGroupDialog } from './DeleteGroupDialog';

/** Rename, archive, delete. */
export function GroupMenu({ group, onDeleted }: { group: Group; onDeleted?: () => void }) {
  const { t } = useTranslation();
  const change = useChangeGroup(group.id);
  const [asked, setAsked] = useState<'rename' | 'delete' | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setAsked(null);
  };
  const closed = () => {
    button.current?.focus();
  };
  const archive = () => {
    const archived = !group.archived;
    change.mutate(
      { archived },
      {
        onSuccess: () => {
          tellUndoable(
            t,
            t(archived ? 'groups.nowArchived' : 'groups.backAgain', { name: group.name }),
            () => change.mutateAsync({ archived: !archived }),
          );
        },
        onError: (error) => {
          tellFailed(t, error);
        },
      },
    );
  };
  const actions = [
    {
      label: t('groups.rename'),
      choose: () => {
        setAsked('rename');
      },
    },
    { label: t(group.archived ? 'groups.unarchive' : 'groups.archive'), choose: archive },
    {
      label: t('groups.delete'),
      choose: () => {
        setAsked('delete');
      },
      danger: true,
    },
  ];
  return (
    <>
      <ActionMenu name={group.name} actions={actions} button={button} />
      <Modal
        opened={asked === 'rename'}
        onClose={close}
        returnFocus={false}
        onExitTransitionEnd={closed}
        title={t('groups.renameTitle', { name: group.name })}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Rename group={group} onClose={close} />
      </Modal>
      <DeleteGroupDialog
        group={group}
        opened={asked === 'delete'}
        onClose={close}
        onClosed={closed}
        onDeleted={onDeleted}
      />
    </>
  );
}

function Rename({ group, onClose }: { group: Group; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeGroup(group.id);
  const [name, setName] = useState(group.name);
  // What is wrong with the name stands at the field.
  const atField = change.error instanceof ApiError ? change.error.field('name') : undefined;
  return (
    <DialogForm
      error={atField ? null : change.error}
      pending={change.isPending}
      disabled={!name.trim() || name.trim() === group.name}
      action={t('groups.rename')}
      onClose={onClose}
      onSubmit={() => {
        change.mutate(
          { name: name.trim() },
          {
            onSuccess: () => {
              tellDone(t, t('groups.renamed', { name: name.trim() }));
              onClose();
            },
          },
        );
      }}
    >
      <TextInput
        data-autofocus
        label={t('groups.name')}
        value={name}
        maxLength={80}
        required
        error={atField}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
    </DialogForm>
  );
}
