import { Chip, Group, Radio, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ApiError } from '../../../api/problem';
import { useAccess } from '../../../app/access';
import { weekdayName } from '../whenWords';
import classes from './Composer.module.css';
import { soon, WHENS, type Form } from './form';

const DAYS = [0, 1, 2, 3, 4, 5, 6];

interface Props {
  form: Form;
  change: (changes: Partial<Form>) => void;
  problem: ApiError | null;
}

/** When: at once, at a moment, at each recipient's own time, or again and again. */
export function ScheduleFields({ form, change, problem }: Props) {
  const { t, i18n } = useTranslation();
  const { timeZone } = useAccess();
  const { when } = form;
  const refused = ['at', 'wall', 'recurrence'].map((name) => problem?.field(name)).find(Boolean);
  return (
    <div className={classes.stack}>
      <Radio.Group
        label={t('composer.when')}
        value={when}
        onChange={(value) => {
          const next = WHENS.find((one) => one === value) ?? 'now';
          // Only now is the account's time zone sure to be known.
          change({ when: next, ...(form.wall ? {} : { wall: soon(timeZone) }) });
        }}
      >
        <Group gap="lg" mt="xs">
          {WHENS.map((value) => (
            <Radio key={value} value={value} label={t(`composer.${value}`)} />
          ))}
        </Group>
      </Radio.Group>
      {(when === 'at' || when === 'local') && (
        <TextInput
          type="datetime-local"
          label={
            when === 'at' ? t('composer.time', { zone: timeZone }) : t('composer.timeOfRecipient')
          }
          description={when === 'local' ? t('composer.localWhy') : undefined}
          value={form.wall}
          required
          maw={320}
          error={refused}
          onChange={(event) => {
            change({ wall: event.currentTarget.value });
          }}
        />
      )}
      {when === 'recurring' && (
        <>
          <div role="group" aria-label={t('composer.days')}>
            <p className={classes.label} aria-hidden="true">
              {t('composer.days')}
            </p>
            <Chip.Group
              multiple
              value={form.weekdays.map(String)}
              onChange={(days) => {
                change({ weekdays: days.map(Number).sort((a, b) => a - b) });
              }}
            >
              <Group gap="xs">
                {DAYS.map((day) => (
                  <Chip key={day} value={String(day)} size="sm" variant="outline">
                    {weekdayName(i18n.language, day, 'short')}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          </div>
          <TextInput
            type="time"
            label={t('composer.time', { zone: timeZone })}
            description={t('composer.recurringWhy')}
            value={form.time}
            required
            maw={320}
            error={refused}
            onChange={(event) => {
              change({ time: event.currentTarget.value.slice(0, 5) });
            }}
          />
        </>
      )}
    </div>
  );
}
