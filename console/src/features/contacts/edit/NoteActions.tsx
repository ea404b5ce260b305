import { Button, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../app/access';
import { tellFailed } from '../../../app/toast';
import type { TimelineItem } from '../../../api/types';
import classes from '../ContactPage.module.css';
import { useDeleteNote, useEditNote } from './api';

/** The text of a note, and for its author the ways to change it. */
export function NoteText({ contactId, item }: { contactId: string; item: TimelineItem }) {
  const { t } = useTranslation();
  const { me, account, can } = useAccess();
  const edit = useEditNote(contactId, item.id);
  const remove = useDeleteNote(contactId, item.id);
  const [text, setText] = useState<string | null>(null);
  const mine = can('contacts.edit') && item.by === me.user.name;
  const mayDelete =
    can('contacts.edit') && (mine || account.role === 'admin' || account.role === 'owner');
  const onError = (error: Error) => {
    tellFailed(t, error);
  };
  if (text !== null) {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      edit.mutate(text.trim(), {
        onSuccess: () => {
          setText(null);
        },
        onError,
      });
    };
    return (
      <form onSubmit={submit}>
        <Textarea
          aria-label={t('notes.edit')}
          value={text}
          autosize
          data-autofocus
          maxLength={5_000}
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
        />
        <div className={classes.actions}>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              setText(null);
            }}
          >
            {t('common.cancel')}
          </Button>
          <Button size="compact-xs" type="submit" loading={edit.isPending} disabled={!text.trim()}>
            {t('edit.save')}
          </Button>
        </div>
      </form>
    );
  }
  return (
    <>
      <p className={classes.text}>{item.text}</p>
      {(mine || mayDelete) && (
        <div className={classes.noteActions}>
          {mine && (
            <button
              type="button"
              onClick={() => {
                setText(item.text);
              }}
            >
              {t('notes.edit')}
            </button>
          )}
          {mayDelete && (
            <button
              type="button"
              onClick={() => {
                remove.mutate(undefined, { onError });
              }}
            >
              {t('notes.delete')}
            </button>
          )}
        </div>
      )}
    </>
  );
}
