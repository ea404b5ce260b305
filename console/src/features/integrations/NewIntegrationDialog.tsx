import {
  Button,
  Checkbox,
  Group,
  Modal,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../components/Notice';
import { ApiError } from '../../api/problem';
import type { CreatedIntegration } from '../../api/types';
import { explain } from '../../app/explain';
import type { Channel } from '../../components/ChannelMark';
import { useCreateIntegration } from './api';
import classes from './Integrations.module.css';

interface Props {
  opened: boolean;
  onClose: () => void;
  onCreated: (integration: CreatedIntegration) => void;
}

export function NewIntegrationDialog({ opened, onClose, onCreated }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('integrations.new')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form onClose={onClose} onCreated={onCreated} />
    </Modal>
  );
}

function Form({ onClose, onCreated }: Omit<Props, 'opened'>) {
  const { t } = useTranslation();
  const create = useCreateIntegration();
  const [name, setName] = useState('');
  const [disclosure, setDisclosure] = useState('');
  const [channels, setChannels] = useState<Channel[]>(['sms']);
  const [origins, setOrigins] = useState<string[]>([]);
  const [redirects, setRedirects] = useState<string[]>([]);
  const [doubleOptIn, setDoubleOptIn] = useState(false);
  const problem = create.error instanceof ApiError ? create.error : null;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate(
      {
        name: name.trim(),
        disclosure: disclosure.trim(),
        channels,
        allowed_origins: origins,
        redirect_urls: redirects,
        double_opt_in: doubleOptIn,
      },
      { onSuccess: onCreated },
    );
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      {create.error && (
        <Notice tone="bad" title={explain(t, create.error).title}>
          {explain(t, create.error).cause}
        </Notice>
      )}
      <TextInput
        data-autofocus
        label={t('integrations.name')}
        value={name}
        required
        maxLength={80}
        error={problem?.field('name')}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <Textarea
        label={t('integrations.disclosure')}
        description={t('integrations.disclosureWhy')}
        placeholder={t('integrations.disclosureExample')}
        value={disclosure}
        required
        autosize
        minRows={3}
        error={problem?.field('disclosure')}
        onChange={(event) => {
          setDisclosure(event.currentTarget.value);
        }}
      />
      <Checkbox.Group
        label={t('integrations.channels')}
        value={channels}
        onChange={(value) => {
          setChannels(value);
        }}
        error={problem?.field('channels')}
      >
        <Group gap="lg" mt="xs">
          <Checkbox value="sms" label={t('channel.sms')} />
          <Checkbox value="voice" label={t('channel.voice')} />
        </Group>
      </Checkbox.Group>
      <TagsInput
        label={t('integrations.origins')}
        description={t('integrations.originsWhy')}
        placeholder="https://www.example.com"
        value={origins}
        onChange={setOrigins}
        error={problem?.field('allowed_origins')}
      />
      <TagsInput
        label={t('integrations.redirects')}
        description={t('integrations.redirectsWhy')}
        placeholder="https://www.example.com/thanks"
        value={redirects}
        onChange={setRedirects}
        error={problem?.field('redirect_urls')}
      />
      <Switch
        label={t('integrations.double')}
        description={t('integrations.doubleWhy')}
        checked={doubleOptIn}
        onChange={(event) => {
          setDoubleOptIn(event.currentTarget.checked);
        }}
      />
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          loading={create.isPending}
          disabled={!name.trim() || !disclosure.trim() || channels.length === 0}
        >
          {t('integrations.create')}
        </Button>
      </div>
    </form>
  );
}
