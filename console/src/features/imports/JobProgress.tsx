import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './Imports.module.css';

interface Props {
  label: string;
  done: number;
  /** 0 while it is not known. */
  total: number;
  ended?: boolean;
  /** What stands below the bar instead of "so many of so many". */
  words?: string;
}

/** How far something in the background has come. */
export function JobProgress({ label, done, total, ended = false, words }: Props) {
  const { t } = useTranslation();
  const share = ended ? 100 : total > 0 ? Math.min(100, (100 * done) / total) : 0;
  return (
    <div>
      <Progress value={share} aria-label={label} size="md" animated={!ended} />
      <div className={classes.progress}>
        {words ??
          (total > 0 ? t('optOutImport.lines', { done, total }) : t('optOutImport.starting'))}
      </div>
    </div>
  );
}
