import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CreatedIntegration } from '../../api/types';
import { CopyButton } from '../../components/CopyButton';
import classes from './Integrations.module.css';
import { formUrl } from './snippet';

interface Props {
  created: CreatedIntegration | null;
  onClose: () => void;
}

/** The API key, this once. Only the button closes it, so that it is not lost by a stray click. */
export function KeyDialog({ created, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={created !== null}
      onClose={onClose}
      title={t('key.title', { name: created?.name ?? '' })}
      size="lg"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      {created && (
        <div className={classes.form}>
          <div>{t('key.once')}</div>
          <div className={classes.key} data-testid="api-key">
            {created.api_key}
          </div>
          <div className={classes.actions} style={{ justifyContent: 'flex-start' }}>
            <CopyButton value={created.api_key} label={t('key.copy')} />
            <CopyButton value={formUrl(created)} label={t('integrations.copyLink')} />
          </div>
          <div className={classes.actions}>
            <Button onClick={onClose}>{t('key.done')}</Button>
          </div>
        </div>
      )}
    </Modal>
  );
}
