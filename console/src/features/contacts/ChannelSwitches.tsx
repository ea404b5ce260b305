import { useTranslation } from 'react-i18next';
import type { Channel, MarkedStatus, OptOutKind } from '../../api/consent';
import { announce } from '../../app/announce';
import { tellDone, tellFailed } from '../../app/toast';
import { useUndoOptOut } from './api';
import { ChannelRow } from './ChannelRow';
import type { Named } from './name';
import { OptOutDialog } from './OptOutDialog';

export const CHANNELS = ['sms', 'voice'] as const satisfies Channel[];

/** How the dialog to opt out begins. */
export interface Asked {
  kind: OptOutKind;
  channels: Channel[];
}

interface Props {
  contact: Named & { id: string };
  statuses: Partial<Record<Channel, MarkedStatus>>;
  asked: Asked | null;
  onAsk: (asked: Asked | null) => void;
}

/** A mark, its evidence and a switch per channel; the same on the profile and in the table. */
export function ChannelSwitches({ contact, statuses, asked, onAsk }: Props) {
  const { t } = useTranslation();
  const undo = useUndoOptOut();
  const open = CHANNELS.filter((one) => statuses[one]?.status !== 'hard_opt_out');

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
    <>
      {CHANNELS.map((channel) => {
        const status = statuses[channel];
        return (
          status && (
            <ChannelRow
              key={channel}
              channel={channel}
              status={status}
              busy={undo.isPending}
              onOptOut={() => {
                onAsk({ kind: 'soft', channels: [channel] });
              }}
              onUndo={onUndo(channel)}
            />
          )
        );
      })}
      <OptOutDialog
        contact={contact}
        asked={asked}
        open={open}
        onClose={() => {
          onAsk(null);
        }}
      />
    </>
  );
}
