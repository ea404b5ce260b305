import { Button, type ButtonProps } from '@mantine/core';
import { createLink, useNavigate } from '@tanstack/react-router';
import { useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { usePageActions, type PageAction } from '../../app/pageActions';
import { tellDone, tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { isAtRest, useDuplicate, useStep, type Step } from './api';
import { CancelDialog } from './CancelDialog';
import { TestSend } from './test/TestSend';

const PAUSABLE = new Set(['planning', 'running', 'finishing']);
const ButtonLink = createLink(AsButton);
const NOT_STARTED = new Set(['draft', 'scheduled']);

/** A button that leads somewhere: it opens in another tab like any link. */
function AsButton(props: ButtonProps & ComponentProps<'a'>) {
  return <Button component="a" {...props} />;
}

/** What can be done with a broadcast, by where it stands in its life: by button, key and name. */
export function Steering({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const step = useStep(broadcast.id);
  const duplicate = useDuplicate(broadcast.id);
  const [asking, setAsking] = useState(false);
  const [testing, setTesting] = useState(false);
  const { id, state } = broadcast;
  const notStarted = NOT_STARTED.has(state);
  const edit = { to: '/broadcasts/$broadcastId/edit', params: { broadcastId: id } } as const;
  const onError = (error: unknown) => {
    tellFailed(t, error);
  };
  const take = (wanted: Step) => {
    setAsking(false);
    if (!step.isPending) step.mutate(wanted, { onError });
  };
  const copy = () => {
    if (duplicate.isPending) return;
    duplicate.mutate(undefined, {
      onError,
      onSuccess: (made) => {
        tellDone(t, t('broadcasts.duplicated', { name: made.name }));
        void navigate({ to: edit.to, params: { broadcastId: made.id } });
      },
    });
  };
  const cancel = () => {
    if (notStarted) take('cancel');
    else setAsking(true);
  };

  const actions: (PageAction & { busy?: boolean })[] = [];
  const stepping = (wanted: Step) => step.isPending && step.variables === wanted;
  if (notStarted) {
    actions.push({
      id: 'test',
      label: t('test.action'),
      icon: 'tryit',
      keys: 't',
      run: () => {
        setTesting(true);
      },
    });
  }
  // One button that changes its words, so that the focus stays on it.
  if (PAUSABLE.has(state)) {
    actions.push({
      id: 'pause',
      label: t('broadcasts.pause'),
      icon: 'pause',
      keys: 'p',
      run: () => {
        take('pause');
      },
      busy: stepping('pause'),
    });
  }
  if (state === 'paused') {
    actions.push({
      id: 'pause',
      label: t('broadcasts.resume'),
      icon: 'play',
      keys: 'p',
      run: () => {
        take('resume');
      },
      busy: stepping('resume'),
    });
  }
  if (state === 'scheduled') {
    actions.push({
      id: 'unschedule',
      label: t('broadcasts.unschedule'),
      icon: 'undo',
      run: () => {
        take('unschedule');
      },
      busy: stepping('unschedule'),
    });
  }
  actions.push({
    id: 'duplicate',
    label: t('broadcasts.duplicate'),
    icon: 'copy',
    keys: 'd',
    run: copy,
    busy: duplicate.isPending,
  });
  if (!isAtRest(broadcast) || state === 'draft') {
    actions.push({
      id: 'cancel',
      label: t(state === 'draft' ? 'broadcasts.discard' : 'broadcasts.cancel'),
      icon: 'close',
      run: cancel,
      busy: stepping('cancel'),
    });
  }
  const change: PageAction = {
    id: 'edit',
    label: t('broadcasts.edit'),
    icon: 'edit',
    keys: 'e',
    run: () => void navigate(edit),
  };
  usePageActions(notStarted ? [change, ...actions] : actions);

  return (
    <>
      {notStarted && (
        <ButtonLink
          {...edit}
          variant={state === 'draft' ? 'filled' : 'default'}
          leftSection={<Icon name="edit" size={16} />}
        >
          {change.label}
        </ButtonLink>
      )}
      {actions.map(({ id: name, label, icon, run, busy }) => (
        <Button
          key={name}
          variant="default"
          loading={busy}
          disabled={step.isPending}
          leftSection={<Icon name={icon} size={16} />}
          onClick={run}
        >
          {label}
        </Button>
      ))}
      <TestSend
        broadcast={testing ? broadcast : null}
        onClose={() => {
          setTesting(false);
        }}
      />
      <CancelDialog
        broadcast={broadcast}
        opened={asking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => {
          take('cancel');
        }}
      />
    </>
  );
}
