import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '../../app/announce';
import { tellDone, tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { exportOptOuts } from './download';
import classes from './OptOuts.module.css';
import type { OptOutQuery } from './routes';

interface Props {
  query: OptOutQuery;
  filtered: boolean;
  disabled: boolean;
}

/** Saves all that match, not only what is shown; large lists come in pages, so it can be stopped. */
export function ExportButton({ query, filtered, disabled }: Props) {
  const { t } = useTranslation();
  const [rows, setRows] = useState<number | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = async () => {
    const stop = new AbortController();
    running.current = stop;
    setRows(0);
    try {
      const name = `opt-outs-${new Date().toISOString().slice(0, 10)}.csv`;
      const count = await exportOptOuts(query, name, setRows, stop.signal);
      const message = t('optOuts.exported', { count });
      tellDone(t, message);
      announce(message);
    } catch (error) {
      if (!stop.signal.aborted) tellFailed(t, error);
    } finally {
      setRows(null);
    }
  };

  if (rows !== null) {
    return (
      <span className={classes.exporting}>
        <span>{t('optOuts.exporting', { count: rows })}</span>
        <Button
          variant="default"
          onClick={() => {
            running.current?.abort();
          }}
        >
          {t('optOuts.stopExport')}
        </Button>
      </span>
    );
  }
  return (
    <Button
      variant="default"
      disabled={disabled}
      leftSection={<Icon name="download" size={16} />}
      onClick={() => void start()}
    >
      {t(filtered ? 'optOuts.exportMatching' : 'optOuts.export')}
    </Button>
  );
}
