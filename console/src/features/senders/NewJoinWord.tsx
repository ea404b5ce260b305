import { Button, Select, TextInput } from '@mantine/core';
import { useState, type RefObject, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import type { Sender } from '../../api/types';
import { announce } from '../../app/announce';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { useGroups } from '../groups/api';
import { useAddJoinWord } from './api';
import classes from './Senders.module.css';

interface Props {
  sender: Sender;
  field: RefObject<HTMLInputElement | null>;
}

/** Adds a word. A word that is taken or has a meaning of its own is refused at its field. */
export function NewJoinWord({ sender, field }: Props) {
  const { t } = useTranslation();
  const groups = useGroups();
  const add = useAddJoinWord(sender.id);
  const [word, setWord] = useState('');
  const [groupId, setGroupId] = useState<string | null>(null);
  const problem = add.error instanceof ApiError ? add.error : null;
  const groupProblem = problem?.field('group_id');
  const wordProblem =
    problem?.field('word') ??
    (add.error && !groupProblem ? explain(t, add.error).cause : undefined);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!groupId) return;
    add.mutate(
      { word: word.trim(), group_id: groupId },
      {
        onSuccess: (added) => {
          const message = t('join.added', { word: added.word, group: added.group_name });
          tellDone(t, message);
          announce(message);
          setWord('');
          field.current?.focus();
        },
        onError: () => {
          field.current?.focus();
        },
      },
    );
  };

  return (
    <form onSubmit={submit} className={classes.newWord}>
      <TextInput
        ref={field}
        label={t('join.word')}
        value={word}
        maxLength={40}
        autoCapitalize="characters"
        autoComplete="off"
        error={wordProblem}
        onChange={(event) => {
          setWord(event.currentTarget.value);
          add.reset();
        }}
      />
      <Select
        label={t('join.group')}
        placeholder={t('join.choose')}
        data={groups.items
          .filter(({ sender_id: home }) => home === sender.id)
          .map(({ id, name }) => ({ value: id, label: name }))}
        nothingFoundMessage={t('join.noGroups')}
        searchable
        value={groupId}
        error={groupProblem}
        onChange={setGroupId}
      />
      <Button type="submit" loading={add.isPending} disabled={!word.trim() || !groupId}>
        {t('join.add')}
      </Button>
    </form>
  );
}
