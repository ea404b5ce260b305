import { Button, Modal, type ButtonProps } from '@mantine/core';
import { createLink, useNavigate } from '@tanstack/react-router';
import { useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { tellDone, tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { isAtRest, useDuplicate, useStep, type Step } from './api';
import { figuresOf } from './report';
import classes from './Steering.module.css';
import { TestSend } from './test/TestSend';

const PAUSABLE = new Set(['planning', 'running', 'finishing']);
const ButtonLink = createLink(AsButton);
const NOT_STARTED = new Set(['draft', 'scheduled']);

/** A button that leads somewhere: it opens in another tab like any link. */
function AsButton(props: ButtonProps & ComponentProps<'a'>) {
  return <Button component="a" {...props} />;
}

/** What can be done with a broadcast, by where it stands in its life. */
export function Steering({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const step = useStep(broadcast.id);
  const duplicate = useDuplicate(broadcast.id);
  const [asking, setAsking] = useState(false);
  const { state } = broadcast;
  const failed = (error: unknown) => {
    tellFailed(t, error);
  };
  const take = (wanted: Step) => {
    setAsking(false);
    step.mutate(wanted, { onError: failed });
  };
  const button = (wanted: Step, words: string) => (
    <Button
      variant="default"
      loading={step.isPending && step.variables === wanted}
      disabled={step.isPending}
      leftSection={
        wanted === 'pause' || wanted === 'resume' ? (
          <Icon name={wanted === 'pause' ? 'pause' : 'play'} size={16} />
        ) : undefined
      }
      onClick={() => {
        take(wanted);
      }}
    >
      {words}
    </Button>
  );
  return (
    <>
      {NOT_STARTED.has(state) && (
        <>
          <TestSend prepare={() => Promise.resolve(broadcast.id)} />
          <ButtonLink
            to="/broadcasts/$broadcastId/edit"
            params={{ broadcastId: broadcast.id }}
            variant={state === 'draft' ? 'filled' : 'default'}
            leftSection={<Icon name="edit" size={16} />}
          >
            {t('broadcasts.edit')}
          </ButtonLink>
        </>
      )}
      {PAUSABLE.has(state) && button('pause', t('broadcasts.pause'))}
      {state === 'paused' && button('resume', t('broadcasts.resume'))}
      {state === 'scheduled' && button('unschedule', t('broadcasts.unschedule'))}
      <Button
        variant="default"
        loading={duplicate.isPending}
        leftSection={<Icon name="copy" size={16} />}
        onClick={() => {
          duplicate.mutate(undefined, {
            onError: failed,
            onSuccess: ({ id, name }) => {
              tellDone(t, t('broadcasts.duplicated', { name }));
              void navigate({ to: '/broadcasts/$broadcastId/edit', params: { broadcastId: id } });
            },
          });
        }}
      >
        {t('broadcasts.duplicate')}
      </Button>
      {(!isAtRest(broadcast) || state === 'draft') && (
        <Button
          variant="default"
          disabled={step.isPending}
          loading={step.isPending && step.variables === 'cancel'}
          onClick={() => {
            if (NOT_STARTED.has(state)) take('cancel');
            else setAsking(true);
          }}
        >
          {t(state === 'draft' ? 'broadcasts.discard' : 'broadcasts.cancel')}
        </Button>
      )}
      <Modal
        opened={asking}
        onClose={() => {
          setAsking(false);
        }}
        title={t('broadcasts.cancelTitle', { name: broadcast.name })}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <p className={classes.text}>
          {t('broadcasts.cancelMeans', { count: figuresOf(broadcast.report).sent })}
        </p>
        <div className={classes.actions}>
          <Button
            variant="default"
            data-autofocus
            onClick={() => {
              setAsking(false);
            }}
          >
            {t('broadcasts.keep')}
          </Button>
          <Button
            color="red.9"
            onClick={() => {
              take('cancel');
            }}
          >
            {t('broadcasts.cancelConfirm')}
          </Button>
        </div>
      </Modal>
    </>
  );
}
