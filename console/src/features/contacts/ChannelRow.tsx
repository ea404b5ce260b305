import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { MarkedStatus } from '../../api/consent';
import { useAccess } from '../../app/access';
import { wordFor } from '../../app/i18n';
import { ChannelMark, type Channel } from '../../components/ChannelMark';
import { Icon } from '../../components/Icon';
import { useTimes } from '../../components/Time';
import { useEvidence } from '../../components/useEvidence';
import { useWayBack } from '../../components/useWayBack';
import classes from './ContactPage.module.css';

interface Props {
  channel: Channel;
  status: MarkedStatus;
  /** An undo is on its way. */
  busy: boolean;
  onOptOut: () => void;
  onUndo: (optOutId: string) => void;
}

/**
 * One channel of a contact: its mark, the evidence, and the switch. Where the contact themself said
 * stop, the way back is theirs alone: the action is shown, disabled, with what the contact can do.
 */
export function ChannelRow({ channel, status, busy, onOptOut, onUndo }: Props) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const times = useTimes();
  const described = useId();
  const wayBack = useWayBack(channel, status);
  const evidence = useEvidence({ ...status, asked_at: null });
  const hard = status.status === 'hard_opt_out';
  const undoable = status.status === 'soft_opt_out' && status.removable ? status.opt_out_id : null;
  const optedOut = hard || status.status === 'soft_opt_out';
  return (
    <div className={classes.channel} role="group" aria-label={t(`channel.${channel}`)}>
      <div className={classes.state}>
        <span className={classes.what}>
          <ChannelMark channel={channel} status={status} />
          {wordFor(t, 'status', status.status)}
        </span>
        {(hard || (can('opt_outs.edit') && (undoable ?? !optedOut))) && (
          // One button in all states, so that the keyboard stays where it is when they change.
          <Button
            size="compact-xs"
            variant="default"
            data-disabled={hard || undefined}
            aria-disabled={hard || busy || undefined}
            aria-describedby={hard ? described : undefined}
            onClick={(event) => {
              if (hard || busy) event.preventDefault();
              else if (undoable) onUndo(undoable);
              else onOptOut();
            }}
          >
            {hard ? t('contact.optInAgain') : undoable ? t('contact.undo') : t('contact.optOut')}
          </Button>
        )}
      </div>
      {status.held && (
        <Link to="/decisions" className={classes.held}>
          <Icon name="question" size={15} />
          {t('contact.needsDecision')}
        </Link>
      )}
      {status.asked_at && (
        <div className={classes.asked}>
          {t('contact.asked', { when: times.full(status.asked_at) })}
        </div>
      )}
      {evidence.length > 0 && <div className={classes.evidence}>{evidence.join(' · ')}</div>}
      {hard && (
        <div id={described} className={classes.wayBack}>
          {t('contact.onlyThey')} {wayBack}
        </div>
      )}
    </div>
  );
}
