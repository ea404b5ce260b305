import { ActionIcon, Button, Menu, Modal, TextInput } from '@mantine/core';
import { useRef, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { explain } from '../../app/explain';
import { tellDone, tellFailed } from '../../app/toast';
import { tellUndoable } from '../../app/undo';
import { Icon } from '../../components/Icon';
import { useChangeGroup, type Group } from './api';
import { DeleteGroupDialog } from './DeleteGroupDialog';
import classes from './Groups.module.css';

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
  return (
    <>
      <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon
            ref={button}
            variant="subtle"
            color="gray"
            aria-label={t('groups.actions', { name: group.name })}
          >
            <Icon name="more" size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            onClick={() => {
              setAsked('rename');
            }}
          >
            {t('groups.rename')}
          </Menu.Item>
          <Menu.Item onClick={archive}>
            {t(group.archived ? 'groups.unarchive' : 'groups.archive')}
          </Menu.Item>
          <Menu.Item
            c="var(--bad)"
            onClick={() => {
              setAsked('delete');
            }}
          >
            {t('groups.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
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
  const problem = change.error;
  const message =
    problem &&
    ((problem instanceof ApiError ? problem.field('name') : undefined) ??
      explain(t, problem).cause);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    change.mutate(
      { name: name.trim() },
      {
        onSuccess: () => {
          tellDone(t, t('groups.renamed', { name: name.trim() }));
          onClose();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        data-autofocus
        label={t('groups.name')}
        value={name}
        maxLength={80}
        required
        error={message}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          loading={change.isPending}
          disabled={!name.trim() || name.trim() === group.name}
        >
          {t('groups.rename')}
        </Button>
      </div>
    </form>
  );
}
