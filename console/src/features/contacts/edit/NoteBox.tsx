import { Button, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { tellFailed } from '../../../app/toast';
import classes from '../ContactPage.module.css';
import { useAddNote } from './api';

const LONGEST = 5_000;

/** Writes a note; colleagues see it in the timeline, the contact never does. */
export function NoteBox({ contactId }: { contactId: string }) {
  const { t } = useTranslation();
  const add = useAddNote(contactId);
  const [text, setText] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    add.mutate(text.trim(), {
      onSuccess: () => {
        setText('');
      },
      onError: (error) => {
        tellFailed(t, error);
      },
    });
  };
  return (
    <form onSubmit={submit} className={classes.noteBox}>
      <Textarea
        aria-label={t('notes.write')}
        placeholder={t('notes.placeholder')}
        value={text}
        autosize
        minRows={1}
        maxRows={8}
        maxLength={LONGEST}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim()) {
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }
        }}
      />
      {text.trim() && (
        <div className={classes.actions}>
          <Button type="submit" size="xs" loading={add.isPending}>
            {t('notes.add')}
          </Button>
        </div>
      )}
    </form>
  );
}
