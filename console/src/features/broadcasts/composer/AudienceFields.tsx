import { MultiSelect, Radio, Group, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ApiError } from '../../../api/problem';
import { wordFor } from '../../../app/i18n';
import { Failed } from '../../../components/States';
import { readablePhone } from '../../../components/Phone';
import { useGroups } from '../../groups/api';
import { useSenders } from '../../senders/api';
import classes from './Composer.module.css';
import type { Form } from './form';

const CHANNELS = ['sms', 'voice'] as const;

interface Props {
  form: Form;
  change: (changes: Partial<Form>) => void;
  problem: ApiError | null;
}

/** What it is called, how it goes out, and to whom. */
export function AudienceFields({ form, change, problem }: Props) {
  const { t } = useTranslation();
  const groups = useGroups();
  const senders = useSenders();
  const options = groups.items.map((group) => ({ value: group.id, label: group.name }));
  const others = (taken: string[]) => options.filter(({ value }) => !taken.includes(value));
  const picker = { searchable: true, nothingFoundMessage: t('composer.noGroups') };
  if (groups.error) return <Failed error={groups.error} retry={groups.retry} />;
  return (
    <div className={classes.stack}>
      <TextInput
        label={t('composer.name')}
        description={t('composer.nameWhy')}
        value={form.name}
        required
        maxLength={100}
        error={problem?.field('name')}
        onChange={(event) => {
          change({ name: event.currentTarget.value });
        }}
      />
      <Radio.Group
        label={t('composer.channel')}
        value={form.channel}
        error={problem?.field('channel')}
        onChange={(value) => {
          change({ channel: CHANNELS.find((one) => one === value) ?? 'sms' });
        }}
      >
        <Group gap="lg" mt="xs">
          {CHANNELS.map((value) => (
            <Radio key={value} value={value} label={wordFor(t, 'channel', value)} />
          ))}
        </Group>
      </Radio.Group>
      {senders.items.length > 1 && (
        <Select
          label={t('composer.sender')}
          placeholder={t('composer.ownSender')}
          data={senders.items.map(({ id, address, program_name }) => ({
            value: id,
            label: `${program_name} · ${readablePhone(address)}`,
          }))}
          value={form.sender || null}
          clearable
          clearButtonProps={{ 'aria-label': t('composer.ownSender') }}
          error={problem?.field('sender_id')}
          onChange={(value) => {
            change({ sender: value ?? '' });
          }}
        />
      )}
      <MultiSelect
        {...picker}
        label={t('composer.groups')}
        description={t('composer.groupsWhy')}
        data={others(form.minus)}
        value={form.groups}
        required
        error={problem?.field('groups')}
        onChange={(value) => {
          change({ groups: value });
        }}
      />
      <MultiSelect
        {...picker}
        label={t('composer.minus')}
        description={t('composer.minusWhy')}
        data={others(form.groups)}
        value={form.minus}
        error={problem?.field('minus_groups')}
        onChange={(value) => {
          change({ minus: value });
        }}
      />
    </div>
  );
}
