import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConsentContact } from '../../api/consent';
import { announce } from '../../app/announce';
import { tellDone, tellFailed } from '../../app/toast';
import { usePutBack } from './api';
import classes from './ContactPage.module.css';

/** After START: one click back to where the opt-out took the contact from. */
export function PutBack({ contact }: { contact: ConsentContact }) {
  const { t } = useTranslation();
  const putBack = usePutBack(contact.id);
  // Awaited rather than told by a callback: this part of the page is gone once it has worked.
  const onClick = async () => {
    try {
      const { groups, queue } = await putBack.mutateAsync();
      const names = groups.map(({ name }) => name).join(', ');
      const message = names
        ? t('contact.putBackIn', { groups: names })
        : t(queue.state === 'queued' ? 'contact.putBackQueue' : 'contact.putBackDone');
      tellDone(t, message);
      announce(message);
      document.getElementById('main')?.focus({ preventScroll: true });
    } catch (error) {
      tellFailed(t, error);
    }
  };
  return (
    <div className={classes.callout}>
      <span>{t('contact.backAgain')}</span>
      <Button size="compact-xs" loading={putBack.isPending} onClick={() => void onClick()}>
        {t('contact.putBack')}
      </Button>
    </div>
  );
}
