import { Button, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useId, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { ChannelMark } from '../../components/ChannelMark';
import { DataTable } from '../../components/DataTable';
import { Phone, readablePhone } from '../../components/Phone';
import tableClasses from '../../components/table.module.css';
import { Time, useTimes } from '../../components/Time';
import { useWayBack } from '../../components/useWayBack';
import { KindPill } from './KindPill';
import classes from './OptOuts.module.css';
import type { OptOut } from './routes';
import formClasses from '../../components/Form.module.css';

interface Props {
  ref: Ref<HTMLDivElement>;
  optOuts: OptOut[];
  /** Absent for people who may only look. */
  onRemove: ((optOut: OptOut) => void) | undefined;
}

/** The opt-outs, newest first. On a narrow screen each row becomes a card. */
export function OptOutTable({ ref, optOuts, onRemove }: Props) {
  const { t } = useTranslation();
  const times = useTimes();
  return (
    <DataTable
      ref={ref}
      label={t('nav.optOuts')}
      heads={[
        t('optOuts.number'),
        t('optOuts.what'),
        t('optOuts.source'),
        t('optOuts.sender'),
        { label: t('optOuts.when', { zone: times.zone }), className: classes.when },
        ...(onRemove ? [{ label: t('optOuts.action'), hidden: true }] : []),
      ]}
    >
      <tbody>
        {optOuts.map((optOut) => (
          <Row key={optOut.id} optOut={optOut} onRemove={onRemove} />
        ))}
      </tbody>
    </DataTable>
  );
}

function Row({ optOut, onRemove }: { optOut: OptOut } & Pick<Props, 'onRemove'>) {
  const { t } = useTranslation();
  const described = useId();
  const wayBack = useWayBack(optOut.channel, optOut);
  const { contact_id, contact_name, channel, kind, source, sender_id, at, by, reason } = optOut;
  return (
    <tr data-row={optOut.id} data-kind={kind}>
      <td>
        <div className={classes.phone}>
          {optOut.phone ? <Phone e164={optOut.phone} /> : t('optOuts.erased')}
        </div>
        {contact_id && (
          <Link to="/contacts/$contactId" params={{ contactId: contact_id }}>
            {contact_name || t('optOuts.profile')}
          </Link>
        )}
      </td>
      <td className={classes.what}>
        <span className={classes.marks}>
          <ChannelMark
            channel={channel}
            status={{
              sender_id,
              status: kind === 'hard' ? 'hard_opt_out' : 'soft_opt_out',
              source,
              at,
              by,
              reason,
              scope: optOut.scope,
            }}
            // The row itself says all that the mark does.
            tabIndex={-1}
          />
          <KindPill kind={kind} />
        </span>
        {!optOut.removable && (
          <div id={described} className={classes.wayBack}>
            {t('contact.onlyThey')} {wayBack}
          </div>
        )}
      </td>
      <td className={classes.source} data-label={t('optOuts.source')}>
        <div>{wordFor(t, 'source', source)}</div>
      </td>
      <td data-label={t('optOuts.sender')}>
        <div>
          <Phone e164={optOut.sender_address} />
        </div>
        <div className={formClasses.small}>{wordFor(t, 'scope', optOut.scope)}</div>
      </td>
      <td data-label={t('optOuts.at')}>
        <div>
          <Time at={at} />
        </div>
        {by && <div>{by}</div>}
        {reason && <div className={formClasses.small}>{reason}</div>}
      </td>
      {onRemove && (
        <td className={tableClasses.action}>
          <RemoveButton optOut={optOut} onRemove={onRemove} describedBy={described} />
        </td>
      )}
    </tr>
  );
}

interface RemoveProps {
  optOut: OptOut;
  onRemove: (optOut: OptOut) => void;
  describedBy: string;
}

/** What the contact themself said is theirs to undo: the action is there, and says why not. */
function RemoveButton({ optOut, onRemove, describedBy }: RemoveProps) {
  const { t } = useTranslation();
  const wayBack = useWayBack(optOut.channel, optOut);
  const label = t('optOuts.removeOne', {
    phone: optOut.phone ? readablePhone(optOut.phone) : t('optOuts.erased'),
    channel: t(`channel.${optOut.channel}`),
  });
  if (optOut.removable) {
    return (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={label}
        onClick={() => {
          onRemove(optOut);
        }}
      >
        {t('optOuts.remove')}
      </Button>
    );
  }
  return (
    <Tooltip
      label={`${t('contact.onlyThey')} ${wayBack}`}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Button
        size="compact-xs"
        variant="default"
        data-disabled
        aria-disabled
        aria-label={label}
        aria-describedby={describedBy}
        onClick={(event) => {
          event.preventDefault();
        }}
      >
        {t('optOuts.remove')}
      </Button>
    </Tooltip>
  );
}
