import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, ConsentContact, OptOutKind } from '../../api/consent';
import { useAccess } from '../../app/access';
import { announce } from '../../app/announce';
import { tellDone, tellFailed } from '../../app/toast';
import { Section } from '../../components/Page';
import { useUndoOptOut } from './api';
import { ChannelRow } from './ChannelRow';
import classes from './ContactPage.module.css';
import { OptOutDialog } from './OptOutDialog';
import { PutBack } from './PutBack';

const CHANNELS = ['sms', 'voice'] as const satisfies Channel[];

interface Asked {
  kind: OptOutKind;
  channels: Channel[];
}

/** May we reach this contact: a mark and a switch per channel, and the box "Opted out". */
export function ConsentSection({ contact }: { contact: ConsentContact }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const [asked, setAsked] = useState<Asked | null>(null);
  const undo = useUndoOptOut();
  const open = CHANNELS.filter((one) => contact.channels[one]?.status !== 'hard_opt_out');
  const mayEdit = can('opt_outs.edit') && !contact.erased;

  const onUndo = (channel: Channel) => (id: string) => {
    undo.mutate(id, {
      onSuccess: ({ restored }) => {
        const name = t(`channel.${channel}`);
        const groups = restored.map((group) => group.name).join(', ');
        const message = groups
          ? t('optOut.undoneIn', { channel: name, groups })
          : t('optOut.undone', { channel: name });
        tellDone(t, message);
        announce(message);
      },
      onError: (error) => {
        tellFailed(t, error);
      },
    });
  };

  return (
    <Section title={t('contact.channels')}>
      {contact.can_put_back && can('queue.move') && <PutBack contact={contact} />}
      {CHANNELS.map((channel) => {
        const status = contact.channels[channel];
        return (
          status && (
            <ChannelRow
              key={channel}
              channel={channel}
              status={status}
              busy={undo.isPending}
              onOptOut={() => {
                setAsked({ kind: 'soft', channels: [channel] });
              }}
              onUndo={onUndo(channel)}
            />
          )
        );
      })}
      {mayEdit && (
        <div className={classes.box}>
          <Checkbox
            label={t('optOut.box')}
            description={open.length > 0 ? t('optOut.boxWhy') : t('contact.onlyThey')}
            checked={open.length === 0}
            indeterminate={open.length === 1}
            // Not `disabled`: who comes by keyboard hears why, and the focus has a place to return to.
            aria-disabled={open.length === 0}
            onChange={() => {
              if (open.length > 0) setAsked({ kind: 'hard', channels: open });
            }}
          />
        </div>
      )}
      <OptOutDialog
        contact={contact}
        asked={asked}
        open={open}
        onClose={() => {
          setAsked(null);
        }}
      />
    </Section>
  );
}
