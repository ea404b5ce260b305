import { ActionIcon, Button, Menu, Modal } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CreatedIntegration, Integration } from '../../api/types';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { Notice } from '../../components/Notice';
import { useDeleteIntegration, useRenewForm, useRenewKey, useSetState } from './api';
import classes from './Integrations.module.css';

const ASKED = ['key', 'form', 'deactivate', 'delete'] as const;
type Asked = (typeof ASKED)[number];

interface Props {
  integration: Integration;
  /** A new key, to be shown this once. */
  onKey: (made: CreatedIntegration) => void;
}

/** What ends something for good: each says what, before it is done. */
export function IntegrationMenu({ integration, onKey }: Props) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const closed = integration.state === 'inactive';
  return (
    <>
      <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon
            ref={button}
            variant="subtle"
            color="gray"
            aria-label={t('groups.actions', { name: integration.name })}
          >
            <Icon name="more" size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ASKED.filter((one) => one !== 'deactivate' || !closed).map((one) => (
            <Menu.Item
              key={one}
              c={one === 'delete' ? 'var(--bad)' : undefined}
              onClick={() => {
                setAsked(one);
              }}
            >
              {t(`integrations.ask.${one}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={asked !== null}
        onClose={() => {
          setAsked(null);
        }}
        returnFocus={false}
        onExitTransitionEnd={() => button.current?.focus()}
        title={asked && t(`integrations.askTitle.${asked}`, { name: integration.name })}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {asked && (
          <Question
            asked={asked}
            integration={integration}
            onKey={onKey}
            onClose={() => {
              setAsked(null);
            }}
          />
        )}
      </Modal>
    </>
  );
}

function Question({
  asked,
  integration,
  onKey,
  onClose,
}: Props & { asked: Asked; onClose: () => void }) {
  const { t } = useTranslation();
  const key = useRenewKey(integration.id);
  const form = useRenewForm(integration.id);
  const state = useSetState(integration.id);
  const remove = useDeleteIntegration(integration.id);
  const one = { key, form, deactivate: state, delete: remove }[asked];
  const onSuccess = () => {
    tellDone(t, t(`integrations.askDone.${asked}`, { name: integration.name }));
    onClose();
  };
  const confirm = () => {
    switch (asked) {
      case 'key':
        key.mutate(undefined, {
          onSuccess: (made) => {
            onClose();
            onKey(made);
          },
        });
        break;
      case 'form':
        form.mutate(undefined, { onSuccess });
        break;
      case 'deactivate':
        state.mutate('inactive', { onSuccess });
        break;
      case 'delete':
        remove.mutate(undefined, { onSuccess });
        break;
    }
  };
  return (
    <div className={classes.form}>
      {one.error && (
        <Notice tone="bad" title={explain(t, one.error).title}>
          {explain(t, one.error).cause}
        </Notice>
      )}
      <div>{t(`integrations.askWhat.${asked}`)}</div>
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('common.cancel')}
        </Button>
        <Button
          color={asked === 'delete' ? 'red.9' : undefined}
          loading={one.isPending}
          onClick={confirm}
        >
          {t(`integrations.ask.${asked}`)}
        </Button>
      </div>
    </div>
  );
}
