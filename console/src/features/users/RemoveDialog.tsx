import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { Notice } from '../../components/Notice';
import cardClasses from '../optouts/OptOuts.module.css';
import { useRemoveUser, type User } from './api';

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
      <div className={cardClasses.form}>
        {remove.error && (
          <Notice tone="bad" title={explain(t, remove.error).title}>
            {explain(t, remove.error).cause}
          </Notice>
        )}
        <p className={cardClasses.text}>
          {t(user.you ? 'users.leaveWhat' : 'users.removeWhat', said)}
        </p>
        <div className={cardClasses.actions}>
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            color="red.9"
            loading={remove.isPending}
            onClick={() => {
              remove.mutate(undefined, {
                onSuccess: () => {
                  tellDone(t, t('users.removed', said));
                  onClose();
                },
              });
            }}
          >
            {t('users.remove')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
