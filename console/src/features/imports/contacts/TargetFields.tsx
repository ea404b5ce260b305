import { NativeSelect, Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiError } from '../../../api/problem';
import { useAccess } from '../../../app/access';
import { useGroups } from '../../groups/api';
import type { Options } from './api';
import classes from './Mapping.module.css';

const NEW = 'new';
const EXISTING = ['skip', 'join', 'update'] as const;

interface Props {
  options: Options;
  problem: ApiError | null;
  onChange: (part: Partial<Options>) => void;
}

/** Where the contacts go, and what becomes of those who are there already. */
export function TargetFields({ options, problem, onChange }: Props) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const groups = useGroups();
  const [naming, setNaming] = useState(Boolean(options.new_group_name));
  return (
    <div className={classes.stack}>
      <div className={classes.reading}>
        <NativeSelect
          label={t('contactImport.group')}
          description={t('contactImport.groupWhy')}
          value={naming ? NEW : (options.group_id ?? '')}
          data={[
            { value: '', label: t('contactImport.noGroup') },
            ...(can('groups.edit') ? [{ value: NEW, label: t('contactImport.newGroup') }] : []),
            ...groups.items.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          error={problem?.field('group_id')}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setNaming(value === NEW);
            onChange({ group_id: value === NEW ? null : value || null, new_group_name: null });
          }}
        />
        {naming && (
          <TextInput
            label={t('contactImport.newGroupName')}
            description={t('contactImport.newGroupWhy')}
            defaultValue={options.new_group_name ?? ''}
            maxLength={80}
            required
            error={problem?.field('new_group_name')}
            onBlur={(event) => {
              const name = event.currentTarget.value.trim();
              onChange({ group_id: null, new_group_name: name || null });
            }}
          />
        )}
      </div>
      <Radio.Group
        label={t('contactImport.existing')}
        value={options.existing ?? 'skip'}
        onChange={(value) => {
          onChange({ existing: EXISTING.find((one) => one === value) ?? 'skip' });
        }}
      >
        {EXISTING.map((value) => (
          <Radio
            key={value}
            mt="xs"
            value={value}
            label={t(`contactImport.existingIs.${value}`)}
            description={t(`contactImport.existingMeans.${value}`)}
          />
        ))}
      </Radio.Group>
    </div>
  );
}
