import { Modal, NativeSelect, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { tellDone } from '../../app/toast';
import { ActionMenu } from '../../components/ActionMenu';
import { DialogForm } from '../../components/DialogForm';
import { useChangeLabel, useDeleteLabel, useMergeLabel, type Label } from './api';
import formClasses from '../../components/Form.module.css';

const COLOURS = [
  'grey',
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'violet',
  'pink',
] as const satisfies Label['colour'][];

type Asked = 'edit' | 'merge' | 'delete' | null;

interface Props {
  label: Label;
  others: Label[];
}

/** Rename and recolour, merge into another, delete. */
export function LabelMenu({ label, others }: Props) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setAsked(null);
  };
  const ask = (what: Asked) => () => {
    setAsked(what);
  };
  const actions = [
    { label: t('labels.edit'), choose: ask('edit') },
    ...(others.length > 0 ? [{ label: t('labels.merge'), choose: ask('merge') }] : []),
    { label: t('groups.delete'), choose: ask('delete'), danger: true },
  ];
  return (
    <>
      <ActionMenu name={label.name} actions={actions} button={button} />
      <Modal
        opened={asked !== null}
        onClose={close}
        returnFocus={false}
        onExitTransitionEnd={() => button.current?.focus()}
        title={label.name}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {asked === 'edit' && <Edit label={label} onClose={close} />}
        {asked === 'merge' && <MergeInto label={label} others={others} onClose={close} />}
        {asked === 'delete' && <Remove label={label} onClose={close} />}
      </Modal>
    </>
  );
}

function Edit({ label, onClose }: { label: Label; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeLabel(label.id);
  const [name, setName] = useState(label.name);
  const [colour, setColour] = useState(label.colour);
  return (
    <DialogForm
      error={change.error}
      pending={change.isPending}
      disabled={!name.trim()}
      action={t('edit.save')}
      onClose={onClose}
      onSubmit={() => {
        change.mutate(
          { name: name.trim(), colour },
          {
            onSuccess: () => {
              tellDone(t, t('labels.saved', { name: name.trim() }));
              onClose();
            },
          },
        );
      }}
    >
      <TextInput
        data-autofocus
        label={t('groups.name')}
        value={name}
        maxLength={50}
        required
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <NativeSelect
        label={t('labels.colour')}
        value={colour}
        data={COLOURS.map((value) => ({ value, label: wordFor(t, 'colour', value) }))}
        onChange={(event) => {
          setColour(COLOURS.find((one) => one === event.currentTarget.value) ?? 'grey');
        }}
      />
    </DialogForm>
  );
}

function MergeInto({ label, others, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const merge = useMergeLabel(label.id);
  const [into, setInto] = useState(others[0]?.id ?? '');
  return (
    <DialogForm
      error={merge.error}
      pending={merge.isPending}
      action={t('labels.merge')}
      onClose={onClose}
      onSubmit={() => {
        merge.mutate(into, {
          onSuccess: () => {
            tellDone(t, t('labels.merged', { name: label.name }));
            onClose();
          },
        });
      }}
    >
      <p className={formClasses.text}>{t('labels.mergeWhat', { name: label.name })}</p>
      <NativeSelect
        label={t('labels.into')}
        value={into}
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => {
          setInto(event.currentTarget.value);
        }}
      />
    </DialogForm>
  );
}

function Remove({ label, onClose }: { label: Label; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useDeleteLabel(label.id);
  return (
    <DialogForm
      error={remove.error}
      pending={remove.isPending}
      action={t('groups.delete')}
      danger
      onClose={onClose}
      onSubmit={() => {
        remove.mutate(undefined, {
          onSuccess: () => {
            tellDone(t, t('labels.deleted', { name: label.name }));
            onClose();
          },
        });
      }}
    >
      <p className={formClasses.text}>{t('labels.deleteWhat')}</p>
    </DialogForm>
  );
}
