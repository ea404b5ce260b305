import { Button } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelStatus } from '../../api/types';
import { wordFor } from '../../app/i18n';
import { ChannelMark, type Channel } from '../../components/ChannelMark';
import { useTimes } from '../../components/Time';
import classes from './ContactPage.module.css';

interface Props {
  channel: Channel;
  status: ChannelStatus;
}

/**
 * One channel of a contact: its mark and the evidence. Where the contact themself said stop, the
 * way back is theirs alone: the action is shown, disabled, with what the contact can do.
 */
export function ChannelRow({ channel, status }: Props) {
  const { t } = useTranslation();
  const times = useTimes();
  const wayBack = useId();
  const hard = status.status === 'hard_opt_out';
  const evidence = [
    status.source && t('mark.how', { how: wordFor(t, 'source', status.source) }),
    status.at && t('mark.when', { when: times.full(status.at) }),
  ].filter(Boolean);
  return (
    <div className={classes.channel}>
      <div className={classes.state}>
        <span className={classes.what}>
          <ChannelMark channel={channel} status={status} />
          {wordFor(t, 'status', status.status)}
        </span>
        {hard && (
          <Button
            size="compact-xs"
            variant="default"
            data-disabled
            aria-disabled
            aria-describedby={wayBack}
            onClick={(event) => {
              event.preventDefault();
            }}
          >
            {t('contact.optInAgain')}
          </Button>
        )}
      </div>
      {evidence.length > 0 && <div className={classes.evidence}>{evidence.join(' · ')}</div>}
      {hard && (
        <div id={wayBack} className={classes.wayBack}>
          {t('contact.onlyThey')} {status.way_back}
        </div>
      )}
    </div>
  );
}
