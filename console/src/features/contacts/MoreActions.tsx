import { Button, Menu } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsentContact } from '../../api/consent';
import { useAccess } from '../../app/access';
import { tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { useDeleteContact } from './edit/api';
import { EraseDialog } from './EraseDialog';
import { ReassignDialog } from './ReassignDialog';

/** What is done rarely and with care. Nothing is shown to who may do none of it. */
export function MoreActions({ contact }: { contact: ConsentContact }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const [asked, setAsked] = useState<'reassign' | 'erase' | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { erased = false } = contact;
  const wasErased = useRef(erased);
  // An erasure takes the dialog and its button away together: the focus goes to the page.
  useEffect(() => {
    if (erased && !wasErased.current) document.getElementById('main')?.focus();
    wasErased.current = erased;
  }, [erased]);
  const mayReassign = can('opt_outs.edit');
  const mayErase = can('contacts.erase');
  const mayDelete = can('contacts.delete');
  const remove = useDeleteContact(contact.id);
  if (erased || (!mayReassign && !mayErase && !mayDelete)) return null;
  const close = () => {
    setAsked(null);
  };
  // The menu's entry, where the dialog was asked for, is no longer there.
  const closed = () => {
    button.current?.focus();
  };
  return (
    <>
      <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button ref={button} variant="default" rightSection={<Icon name="chevron" size={15} />}>
            {t('contact.moreActions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mayReassign && (
            <Menu.Item
              onClick={() => {
                setAsked('reassign');
              }}
            >
              {t('reassign.action')}
            </Menu.Item>
          )}
          {mayDelete && (
            <Menu.Item
              c="var(--bad)"
              onClick={() => {
                remove.mutate(undefined, {
                  onError: (error) => {
                    tellFailed(t, error);
                  },
                });
              }}
            >
              {t('bulk.delete')}
            </Menu.Item>
          )}
          {mayErase && (
            <Menu.Item
              c="var(--bad)"
              onClick={() => {
                setAsked('erase');
              }}
            >
              {t('erase.action')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ReassignDialog
        contact={contact}
        opened={asked === 'reassign'}
        onClose={close}
        onClosed={closed}
      />
      <EraseDialog contact={contact} opened={asked === 'erase'} onClose={close} onClosed={closed} />
    </>
  );
}
