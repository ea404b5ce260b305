import { Button, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LiveList } from '../../api/liveList';
import { useExplanation } from '../../app/explain';
import classes from './ListFoot.module.css';

/** Below the rows: that it is still reading, a way to stop that, and a way to go on. */
export function ListFoot<Item>({ list }: { list: LiveList<Item> }) {
  const { t } = useTranslation();
  const problem = useExplanation(list.broken);
  if (list.broken) {
    return (
      <div className={classes.foot} role="alert">
        <span>{problem.cause}</span>
        <Button size="compact-xs" variant="default" onClick={list.retry}>
          {t('common.retry')}
        </Button>
      </div>
    );
  }
  if (!list.hasMore) return null;
  if (list.stopped) {
    return (
      <div className={classes.foot}>
        <span>{t('grid.stopped', { count: list.items.length })}</span>
        <Button size="compact-xs" variant="default" onClick={list.goOn}>
          {t('grid.goOn')}
        </Button>
      </div>
    );
  }
  if (!list.searching) return null;
  return (
    <div className={classes.foot}>
      <Loader size={14} aria-hidden="true" />
      <span role="status">{t('grid.searching', { count: list.items.length })}</span>
      <Button size="compact-xs" variant="default" onClick={list.stop}>
        {t('grid.stop')}
      </Button>
    </div>
  );
}
