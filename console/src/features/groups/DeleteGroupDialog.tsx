import { Button, Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { explain } from '../../app/explain';
import { wordFor } from '../../app/i18n';
import { Notice } from '../../components/Notice';
import { Failed, Loading } from '../../components/States';
import { useDeleteGroup, useGroupDeletion, type Group } from './api';
import classes from './Groups.module.css';
import formClasses from '../../components/Form.module.css';

interface Props {
  group: Group;
  opened: boolean;
  onClose: () => void;
  onClosed: () => void;
  onDeleted: (() => void) | undefined;
}

/** What deleting a group does, before it is done: members stay, what uses it is in the way. */
export function DeleteGroupDialog({ group, opened, onClose, onClosed, onDeleted }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      returnFocus={false}
      onExitTransitionEnd={onClosed}
      title={t('groups.deleteTitle', { name: group.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Effect group={group} onClose={onClose} onDeleted={onDeleted} />
    </Modal>
  );
}

function Effect({ group, onClose, onDeleted }: Pick<Props, 'group' | 'onClose' | 'onDeleted'>) {
  const { t } = useTranslation();
  const effect = useGroupDeletion(group.id);
  const remove = useDeleteGroup(group.id);
  if (!effect.data) {
    return effect.error ? (
      <Failed error={effect.error} retry={() => void effect.refetch()} />
    ) : (
      <Loading rows={3} />
    );
  }
  const { broadcasts, join_words: words, can_delete: can, group: now } = effect.data;
  return (
    <div className={formClasses.form}>
      {remove.error && (
        <Notice tone="bad" title={explain(t, remove.error).title}>
          {explain(t, remove.error).cause}
        </Notice>
      )}
      {can ? (
        <>
          <p className={formClasses.text}>
            {t('groups.deleteMembers', {
              count: now.members,
              plus: now.members_capped ? '+' : '',
            })}
          </p>
          <p className={formClasses.text}>{t('groups.deleteStays')}</p>
        </>
      ) : (
        <Notice tone="warn" title={t('groups.inUse')}>
          <ul className={classes.plain}>
            {broadcasts.map(({ id, name, state }) => (
              <li key={id}>
                <Link to="/broadcasts/$broadcastId" params={{ broadcastId: id }}>
                  {name}
                </Link>{' '}
                ({wordFor(t, 'broadcast', state)})
              </li>
            ))}
            {words.map(({ sender_id, word }) => (
              <li key={`${sender_id} ${word}`}>
                <Link to="/senders">{t('groups.word', { word })}</Link>
              </li>
            ))}
          </ul>
          {t('groups.inUseWhat')}
        </Notice>
      )}
      <div className={formClasses.actions}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('common.cancel')}
        </Button>
        <Button
          color="red.9"
          disabled={!can}
          loading={remove.isPending}
          onClick={() => {
            remove.mutate(undefined, {
              onSuccess: () => {
                onClose();
                onDeleted?.();
              },
            });
          }}
        >
          {t('groups.delete')}
        </Button>
      </div>
    </div>
  );
}
