import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../Icon';
import classes from './BulkBar.module.css';
import type { Selection } from './useSelection';

interface Props {
  selection: Selection;
  loaded: number;
  /** How many match on the server; undefined while it is not known. */
  matching: { count: number; capped: boolean } | undefined;
  hasMore: boolean;
  children: ReactNode;
}

/** What can be done with what is ticked, and the way from "these" to "all that match". */
export function BulkBar({ selection, loaded, matching, hasMore, children }: Props) {
  const { t } = useTranslation();
  const { ids, everything } = selection;
  if (ids.length === 0 && !everything) return null;
  // What comes in behind what was ticked does not take the way to all of them away.
  const all = selection.tickedAll || ids.length === loaded;
  const count = everything ? (matching?.count ?? loaded) : ids.length;
  const more = all && !everything && (hasMore || (matching?.count ?? 0) > loaded);
  return (
    <div className={classes.bar} role="region" aria-label={t('bulk.label')}>
      <span className={classes.count} role="status">
        {everything
          ? t('bulk.everything', { count, plus: matching?.capped ? '+' : '' })
          : t('bulk.selected', { count })}
      </span>
      {more && (
        <button type="button" className={classes.link} onClick={selection.selectEverything}>
          {matching
            ? t('bulk.selectEverything', {
                count: matching.count,
                plus: matching.capped ? '+' : '',
              })
            : t('bulk.selectAllMatching')}
        </button>
      )}
      <span className={classes.actions}>{children}</span>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<Icon name="close" size={14} />}
        onClick={selection.clear}
      >
        {t('bulk.clear')}
      </Button>
    </div>
  );
}
