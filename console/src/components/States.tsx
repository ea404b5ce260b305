/** What a list or a page shows when there is nothing, not yet, or not at all. */
import { Button, Skeleton } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useExplanation } from '../app/explain';
import { Icon, type IconName } from './Icon';
import classes from './States.module.css';

interface EmptyProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** Nothing here: why, and what to do next. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <div className={classes.state}>
      <span className={classes.badge}>
        <Icon name={icon} size={22} />
      </span>
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.text}>{children}</div>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}

/** It failed: the cause, and a way to go on. */
export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useTranslation();
  const { title, cause } = useExplanation(error);
  return (
    <div className={classes.state} role="alert">
      <span className={classes.badge} data-tone="bad">
        <Icon name="warning" size={22} />
      </span>
      <p className={classes.title}>{title}</p>
      <div className={classes.text}>{cause}</div>
      {retry && (
        <div className={classes.action}>
          <Button variant="default" onClick={retry}>
            {t('common.retry')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** True after a while: used to say that something takes longer than it should. */
function useSlow(afterMs: number): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setSlow(true);
    }, afterMs);
    return () => {
      window.clearTimeout(timer);
    };
  }, [afterMs]);
  return slow;
}

/** Grey rows while something loads; says so in words when it is slow. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation();
  const slow = useSlow(4_000);
  return (
    <div className={classes.loading} aria-busy="true">
      <span className="visually-hidden">{t('common.loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={16} width={`${92 - ((row * 17) % 40)}%`} radius="sm" />
      ))}
      {slow && (
        <p className={classes.text} role="status">
          {t('common.slow')}
        </p>
      )}
    </div>
  );
}
