import { Popover } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useContact } from '../api';
import { ChannelSwitches, type Asked } from '../ChannelSwitches';
import { contactName, type Named } from '../name';
import type { ContactRow } from './api';
import classes from './Contacts.module.css';

interface Props {
  row: Named & { id: string } & Pick<ContactRow, 'sms' | 'voice'>;
  /** The mark that was clicked. */
  mark: HTMLElement;
  onClose: () => void;
}

/** The switches of both channels beside the mark that was clicked: who, when, why, and the change. */
export function StatusPopover({ row, mark, onClose }: Props) {
  const { t } = useTranslation();
  // The row may leave out the evidence of who agreed; what is changed here is looked at whole.
  const contact = useContact(row.id);
  const [asked, setAsked] = useState<Asked | null>(null);
  const { top, left, width, height } = mark.getBoundingClientRect();
  const close = () => {
    onClose();
    mark.focus();
  };
  return (
    <Popover
      opened
      onChange={(opened) => {
        // The dialog that the switch leads to stands outside: a click there closes nothing here.
        if (!opened && !asked) close();
      }}
      position="bottom-start"
      shadow="md"
      withArrow
      trapFocus={!asked}
      closeOnEscape={!asked}
    >
      <Popover.Target>
        <span className={classes.anchor} style={{ top, left, width, height }} />
      </Popover.Target>
      <Popover.Dropdown
        className={classes.popover}
        aria-label={t('contacts.statusOf', { name: contactName(row) })}
      >
        <ChannelSwitches
          contact={row}
          statuses={contact.data?.channels ?? { sms: row.sms, voice: row.voice }}
          asked={asked}
          onAsk={setAsked}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
