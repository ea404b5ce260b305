import { Textarea } from '@mantine/core';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../../api/types';
import classes from './Composer.module.css';
import { VariablePicker } from './VariablePicker';

interface Props {
  channel: Broadcast['channel'];
  value: string;
  error: string | undefined;
  onChange: (template: string) => void;
}

/** The text, and variables put in where the cursor is. */
export function TextField({ channel, value, error, onChange }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const insert = (text: string) => {
    const element = field.current;
    const start = element?.selectionStart ?? value.length;
    const end = element?.selectionEnd ?? value.length;
    onChange(value.slice(0, start) + text + value.slice(end));
    // After React has written the new text, and the popover has given the focus back.
    window.setTimeout(() => {
      element?.focus();
      element?.setSelectionRange(start + text.length, start + text.length);
    }, 50);
  };
  return (
    <div>
      <Textarea
        ref={field}
        label={t(channel === 'voice' ? 'composer.spoken' : 'composer.text')}
        description={t(channel === 'voice' ? 'composer.spokenWhy' : 'composer.textWhy')}
        value={value}
        required
        autosize
        minRows={5}
        maxLength={4_000}
        error={error}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
      <div className={classes.below}>
        <VariablePicker onInsert={insert} />
      </div>
    </div>
  );
}
