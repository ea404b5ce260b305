import { Checkbox, Group, Radio, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ApiError } from '../../api/problem';
import type { Channel, Kind } from './routes';

/** What every way of adding opt-outs asks for, besides whom. */
export interface OptOutTerms {
  kind: Kind;
  channels: Channel[];
  reason: string;
}

export const TERMS: OptOutTerms = { kind: 'soft', channels: ['sms', 'voice'], reason: '' };

interface Props {
  terms: OptOutTerms;
  onChange: (part: Partial<OptOutTerms>) => void;
  problem: ApiError | null;
}

export function OptOutFields({ terms, onChange, problem }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <Radio.Group
        label={t('optOuts.why')}
        value={terms.kind}
        onChange={(kind) => {
          onChange({ kind });
        }}
        error={problem?.field('kind')}
      >
        <Radio
          mt="xs"
          value="soft"
          label={t('optOuts.soft')}
          description={t('optOuts.softMeans')}
        />
        <Radio
          mt="xs"
          value="hard"
          label={t('optOuts.hard')}
          description={t('optOuts.hardMeans')}
        />
      </Radio.Group>
      <Checkbox.Group
        label={t('optOuts.channels')}
        value={terms.channels}
        onChange={(channels) => {
          onChange({ channels });
        }}
        error={problem?.field('channels')}
      >
        <Group gap="lg" mt="xs">
          <Checkbox value="sms" label={t('channel.sms')} />
          <Checkbox value="voice" label={t('channel.voice')} />
        </Group>
      </Checkbox.Group>
      <TextInput
        label={t('optOuts.reason')}
        description={t('optOuts.reasonWhy')}
        value={terms.reason}
        maxLength={500}
        error={problem?.field('reason')}
        onChange={(event) => {
          onChange({ reason: event.currentTarget.value });
        }}
      />
    </>
  );
}
