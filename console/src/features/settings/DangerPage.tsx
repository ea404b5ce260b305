import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { Section } from '../../components/Page';
import { Failed } from '../../components/States';
import { DeleteAllDialog } from '../contacts/DeleteAllDialog';
import classes from '../contacts/ContactPage.module.css';
import { DeletionRights } from './DeletionRights';
import { SettingsPage } from './SettingsPage';

/** What cannot be taken back after a moment, and who may do it. */
export function DangerPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const [asking, dialog] = useDisclosure(false);
  const mayDelete = can('contacts.delete_all');
  return (
    <SettingsPage title={t('settings.danger')} lead={t('danger.lead')}>
      {!mayDelete && !can('account.edit') && <Failed error={new ApiError(403, null)} />}
      {mayDelete && (
        <Section title={t('danger.deleteAll')}>
          <p className={classes.note}>{t('danger.deleteAllWhat')}</p>
          <Button color="red.9" onClick={dialog.open}>
            {t('danger.deleteAllAction')}
          </Button>
          <DeleteAllDialog filter={{}} opened={asking} onClose={dialog.close} />
        </Section>
      )}
      {can('account.edit') && <DeletionRights />}
    </SettingsPage>
  );
}
