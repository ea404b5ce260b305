import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { useCreateGroup } from './api';

interface Props {
  opened: boolean;
  onClose: () => void;
}

export function NewGroupDialog({ opened, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('groups.new')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: Pick<Props, 'onClose'>) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const create = useCreateGroup();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate(name.trim(), {
      onSuccess: (group) => {
        tellDone(t, t('groups.made', { name: group.name }));
        onClose();
      },
    });
  };
  const problem = create.error;
  const message =
    problem instanceof ApiError
      ? (problem.field('name') ?? explain(t, problem).cause)
      : problem && explain(t, problem).cause;
  return (
    <form onSubmit={submit}>
      <TextInput
        data-autofocus
        label={t('groups.name')}
        value={name}
        maxLength={80}
        required
        error={message}
        onChange={(event) => {
          setName(event.currentTarget.value);
          create.reset();
        }}
      />
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
          {t('groups.create')}
        </Button>
      </Group>
    </form>
  );
}
