import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { tellDone } from '../../app/toast';
import { DialogForm } from '../../components/DialogForm';
import { useRemoveUser, type User } from './api';
import formClasses from '../../components/Form.module.css';

interface Props {
  user: User;
  name: string;
  opened: boolean;
  onClose: () => void;
}

/** Asks before somebody loses their place in the account. */
export function RemoveDialog({ user, name, opened, onClose }: Props) {
  const { t } = useTranslation();
  const { account } = useAccess();
  const remove = useRemoveUser(user.id);
  const said = { name, account: account.name };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('users.removeOne', { name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <DialogForm
        error={remove.error}
        pending={remove.isPending}
        action={t('users.remove')}
        danger
        onClose={onClose}
        onSubmit={() => {
          remove.mutate(undefined, {
            onSuccess: () => {
              tellDone(t, t('users.removed', said));
              onClose();
            },
          });
        }}
      >
        <p className={formClasses.text}>
          {t(user.you ? 'users.leaveWhat' : 'users.removeWhat', said)}
        </p>
      </DialogForm>
    </Modal>
  );
}
