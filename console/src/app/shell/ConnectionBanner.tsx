import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useConnection, useOnline } from '../../api/connection';
import { Icon } from '../../components/Icon';
import classes from './ConnectionBanner.module.css';

/** Says that what is shown may be old, why, and what happens next. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const online = useOnline();
  const connection = useConnection();
  const queries = useQueryClient();
  const failing = connection.state === 'failing';
  return (
    <div role="status" aria-live="polite">
      {(!online || failing) && (
        <div className={classes.banner}>
          <Icon name="warning" size={16} />
          <span className={classes.text}>{online ? t('banner.failing') : t('banner.offline')}</span>
          {online && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => void queries.invalidateQueries()}
            >
              {t('common.retry')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
