import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsentContact } from '../../api/consent';
import { useAccess } from '../../app/access';
import { Section } from '../../components/Page';
import { ChannelSwitches, CHANNELS, type Asked } from './ChannelSwitches';
import classes from './ContactPage.module.css';
import { PutBack } from './PutBack';

/** May we reach this contact: a mark and a switch per channel, and the box "Opted out". */
export function ConsentSection({ contact }: { contact: ConsentContact }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const [asked, setAsked] = useState<Asked | null>(null);
  const open = CHANNELS.filter((one) => contact.channels[one]?.status !== 'hard_opt_out');
  const mayEdit = can('opt_outs.edit') && !contact.erased;
  return (
    <Section title={t('contact.channels')}>
      {contact.can_put_back && can('queue.move') && <PutBack contact={contact} />}
      <ChannelSwitches
        contact={contact}
        statuses={contact.channels}
        asked={asked}
        onAsk={setAsked}
      />
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
    </Section>
  );
}
