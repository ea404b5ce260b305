import { Checkbox, Group, Radio, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../../api/consent';
import type { ApiError } from '../../../api/problem';
import type { Options } from './api';
import classes from './Mapping.module.css';

const SHORTEST = 10;

export interface ProofDraft {
  agreed: boolean;
  text: string;
  attestedBy: string;
  channels: Channel[];
}

export function proofDraft(proof: Options['proof']): ProofDraft {
  return {
    agreed: Boolean(proof),
    text: proof?.text ?? '',
    attestedBy: proof?.attested_by ?? '',
    channels: proof?.channels ?? ['sms'],
  };
}

/** What is recorded as proof; null while it is not complete, or where there is none. */
export function proofOf({
  agreed,
  text,
  attestedBy,
  channels,
}: ProofDraft): NonNullable<Options['proof']> | null {
  const complete = text.trim().length >= SHORTEST && attestedBy.trim() && channels.length > 0;
  if (!agreed || !complete) return null;
  return { text: text.trim(), attested_by: attestedBy.trim(), channels };
}

interface Props {
  draft: ProofDraft;
  problem: ApiError | null;
  onChange: (draft: ProofDraft) => void;
}

/** How these people agreed: asked here, recorded for each of them. */
export function ProofFields({ draft, problem, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.stack}>
      <Radio.Group
        label={t('contactImport.agreedAsk')}
        value={draft.agreed ? 'yes' : 'no'}
        onChange={(value) => {
          onChange({ ...draft, agreed: value === 'yes' });
        }}
      >
        <Radio
          mt="xs"
          value="no"
          label={t('contactImport.noProof')}
          description={t('contactImport.noProofMeans')}
        />
        <Radio
          mt="xs"
          value="yes"
          label={t('contactImport.proof')}
          description={t('contactImport.proofMeans')}
        />
      </Radio.Group>
      {draft.agreed && (
        <>
          <Textarea
            label={t('contactImport.proofText')}
            description={t('contactImport.proofTextWhy')}
            placeholder={t('contactImport.proofExample')}
            value={draft.text}
            required
            autosize
            minRows={2}
            maxLength={2000}
            error={problem?.field('text')}
            onChange={(event) => {
              onChange({ ...draft, text: event.currentTarget.value });
            }}
          />
          <TextInput
            label={t('contactImport.attested')}
            description={t('contactImport.attestedWhy')}
            value={draft.attestedBy}
            required
            maxLength={100}
            error={problem?.field('attested_by')}
            onChange={(event) => {
              onChange({ ...draft, attestedBy: event.currentTarget.value });
            }}
          />
          <Checkbox.Group
            label={t('contactImport.agreedTo')}
            value={draft.channels}
            onChange={(channels) => {
              onChange({ ...draft, channels });
            }}
          >
            <Group gap="lg" mt="xs">
              <Checkbox value="sms" label={t('channel.sms')} />
              <Checkbox value="voice" label={t('channel.voice')} />
            </Group>
          </Checkbox.Group>
        </>
      )}
    </div>
  );
}
