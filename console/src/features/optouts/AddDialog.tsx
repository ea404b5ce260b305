import { Button, Modal, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { announce } from '../../app/announce';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { Notice } from '../../components/Notice';
import { readablePhone } from '../../components/Phone';
import { useGroup, useGroups, type Group as GroupOfContacts } from '../groups/api';
import { useAddOptOut } from './api';
import { GroupJob } from './GroupJob';
import { OptOutFields, TERMS, type OptOutTerms } from './OptOutFields';
import classes from './OptOuts.module.css';
import type { Added } from './routes';
import { useDraft } from './useDraft';
import formClasses from '../../components/Form.module.css';

interface Draft extends OptOutTerms {
  whom: 'number' | 'group';
  phone: string;
  group: string | null;
}

const EMPTY: Draft = { ...TERMS, whom: 'number', phone: '', group: null };

interface Props {
  opened: boolean;
  onClose: () => void;
}

/** Opts out one number, or everybody in a group. */
export function AddDialog({ opened, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('optOuts.addTitle')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Steps onClose={onClose} />
    </Modal>
  );
}

type Step = { name: 'form' } | { name: 'confirm' } | { name: 'job'; id: string; group: string };

const sizeOf = ({ members, members_capped }: GroupOfContacts) =>
  `${members}${members_capped ? '+' : ''}`;

function Steps({ onClose }: Pick<Props, 'onClose'>) {
  const { t } = useTranslation();
  const { draft, change, reset } = useDraft<Draft>('opt-out', EMPTY);
  const [step, setStep] = useState<Step>({ name: 'form' });
  const add = useAddOptOut();
  const groups = useGroups();
  const group = groups.items.find(({ id }) => id === draft.group)?.name ?? '';
  const chosen = useGroup(draft.group).data;

  const told = ({ items, unchanged }: Added) => {
    const phone = readablePhone(items[0]?.phone ?? draft.phone.trim());
    // A line for each sender: the channels are named once.
    const channels = [...new Set(items.map(({ channel }) => t(`channel.${channel}`)))].join(', ');
    const already = items.length === 0 || unchanged >= items.length;
    const message = already
      ? t('optOuts.already', { phone })
      : t('optOuts.added', { phone, channels });
    tellDone(t, message);
    announce(message);
  };
  const send = () => {
    const whom =
      draft.whom === 'number' ? { phone: draft.phone.trim() } : { group_id: draft.group ?? '' };
    const { kind, channels } = draft;
    add.mutate(
      { ...whom, kind, channels, reason: draft.reason.trim() },
      {
        onSuccess: (answer) => {
          reset();
          if ('import' in answer) {
            setStep({ name: 'job', id: answer.import.id, group });
          } else {
            told(answer);
            onClose();
          }
        },
        onError: () => {
          setStep({ name: 'form' });
        },
      },
    );
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    add.reset();
    if (draft.kind === 'hard') setStep({ name: 'confirm' });
    else send();
  };

  if (step.name === 'job') {
    return <GroupJob importId={step.id} group={step.group} onClose={onClose} />;
  }
  if (step.name === 'confirm') {
    return (
      <Confirm
        whom={draft.whom === 'number' ? draft.phone.trim() : group}
        channels={draft.channels.map((channel) => t(`channel.${channel}`)).join(', ')}
        sending={add.isPending}
        onBack={() => {
          setStep({ name: 'form' });
        }}
        onConfirm={send}
      />
    );
  }
  const problem = add.error instanceof ApiError ? add.error : null;
  const complete =
    draft.channels.length > 0 &&
    (draft.whom === 'number' ? draft.phone.trim() !== '' : draft.group !== null);
  return (
    <form onSubmit={submit} className={formClasses.form}>
      {add.error && (
        <Notice tone="bad" title={explain(t, add.error).title}>
          {explain(t, add.error).cause}
        </Notice>
      )}
      <SegmentedControl
        aria-label={t('optOuts.whom')}
        value={draft.whom}
        onChange={(whom) => {
          change({ whom });
        }}
        data={[
          { value: 'number', label: t('optOuts.oneNumber') },
          { value: 'group', label: t('optOuts.aGroup') },
        ]}
      />
      {draft.whom === 'number' ? (
        <TextInput
          data-autofocus
          type="tel"
          autoComplete="off"
          label={t('optOuts.number')}
          description={t('optOuts.numberWhy')}
          value={draft.phone}
          required
          maxLength={40}
          error={problem?.field('phone')}
          onChange={(event) => {
            change({ phone: event.currentTarget.value });
          }}
        />
      ) : (
        <Select
          label={t('optOuts.group')}
          description={t('optOuts.groupWhy')}
          data={groups.items.map(({ id, name }) => ({
            value: id,
            label: id === chosen?.id ? `${name} (${sizeOf(chosen)})` : name,
          }))}
          value={draft.group}
          onChange={(value) => {
            change({ group: value });
          }}
          required
          searchable
          nothingFoundMessage={t('composer.noGroups')}
          error={problem?.field('group_id')}
        />
      )}
      <OptOutFields terms={draft} onChange={change} problem={problem} />
      <div className={formClasses.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={add.isPending} disabled={!complete}>
          {t(draft.kind === 'hard' ? 'optOuts.goOn' : 'optOuts.addSubmit')}
        </Button>
      </div>
    </form>
  );
}

interface ConfirmProps {
  whom: string;
  channels: string;
  sending: boolean;
  onBack: () => void;
  onConfirm: () => void;
}

/** What "hard" means, said before it is done: nobody here can take it back. */
function Confirm({ whom, channels, sending, onBack, onConfirm }: ConfirmProps) {
  const { t } = useTranslation();
  const question = useRef<HTMLDivElement>(null);
  useEffect(() => {
    question.current?.focus();
  }, []);
  return (
    <div className={formClasses.form}>
      <div ref={question} tabIndex={-1} className={classes.question}>
        <h3>{t('optOuts.hardTitle', { whom })}</h3>
        <p className={formClasses.text}>{t('optOuts.hardText', { channels })}</p>
        <p className={formClasses.text}>{t('optOuts.hardHolds')}</p>
      </div>
      <div className={formClasses.actions}>
        <Button variant="default" onClick={onBack}>
          {t('optOuts.back')}
        </Button>
        <Button color="red.9" loading={sending} onClick={onConfirm}>
          {t('optOuts.hardConfirm')}
        </Button>
      </div>
    </div>
  );
}
