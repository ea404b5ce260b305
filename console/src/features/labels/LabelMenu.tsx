import { ActionIcon, Button, Menu, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useRef, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../../app/explain';
import { wordFor } from '../../app/i18n';
import { tellDone } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { Notice } from '../../components/Notice';
import groupClasses from '../groups/Groups.module.css';
import { useChangeLabel, useDeleteLabel, useMergeLabel, type Label } from './api';

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
  return (
    <>
      <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon
            ref={button}
            variant="subtle"
            color="gray"
            aria-label={t('groups.actions', { name: label.name })}
          >
            <Icon name="more" size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={ask('edit')}>{t('labels.edit')}</Menu.Item>
          {others.length > 0 && <Menu.Item onClick={ask('merge')}>{t('labels.merge')}</Menu.Item>}
          <Menu.Item c="var(--bad)" onClick={ask('delete')}>
            {t('groups.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
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

interface FormProps {
  error: Error | null;
  pending: boolean;
  disabled?: boolean;
  action: string;
  danger?: boolean;
  onClose: () => void;
  onSubmit: () => void;
  children: React.ReactNode;
}

function Form({
  error,
  pending,
  disabled,
  action,
  danger,
  onClose,
  onSubmit,
  children,
}: FormProps) {
  const { t } = useTranslation();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit} className={groupClasses.form}>
      {error && (
        <Notice tone="bad" title={explain(t, error).title}>
          {explain(t, error).cause}
        </Notice>
      )}
      {children}
      <div className={groupClasses.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          color={danger ? 'red.9' : undefined}
          loading={pending}
          disabled={disabled}
        >
          {action}
        </Button>
      </div>
    </form>
  );
}

function Edit({ label, onClose }: { label: Label; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeLabel(label.id);
  const [name, setName] = useState(label.name);
  const [colour, setColour] = useState(label.colour);
  return (
    <Form
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
    </Form>
  );
}

function MergeInto({ label, others, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const merge = useMergeLabel(label.id);
  const [into, setInto] = useState(others[0]?.id ?? '');
  return (
    <Form
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
      <p className={groupClasses.text}>{t('labels.mergeWhat', { name: label.name })}</p>
      <NativeSelect
        label={t('labels.into')}
        value={into}
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => {
          setInto(event.currentTarget.value);
        }}
      />
    </Form>
  );
}

function Remove({ label, onClose }: { label: Label; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useDeleteLabel(label.id);
  return (
    <Form
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
      <p className={groupClasses.text}>{t('labels.deleteWhat')}</p>
    </Form>
  );
}
