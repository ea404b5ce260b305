import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Pages } from '../api/pages';
import classes from './table.module.css';

/** The rest of a paged list. */
export function LoadMore({ pages }: { pages: Pages<unknown> }) {
  const { t } = useTranslation();
  if (!pages.hasMore) return null;
  return (
    <div className={classes.more}>
      <Button variant="default" size="xs" loading={pages.isLoadingMore} onClick={pages.loadMore}>
        {t('common.more')}
      </Button>
    </div>
  );
}
