import { Button } from '@mantine/core';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Sender } from '../../api/types';
import { announce } from '../../app/announce';
import { tellDone, tellFailed } from '../../app/toast';
import { Failed, Loading } from '../../components/States';
import tableClasses from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { useDeleteJoinWord, useJoinWords } from './api';
import { NewJoinWord } from './NewJoinWord';
import classes from './Senders.module.css';

/** Words by which people ask to join a group; each is asked back once before they are in. */
export function JoinWords({ sender }: { sender: Sender }) {
  const { t } = useTranslation();
  const words = useJoinWords(sender.id);
  const remove = useDeleteJoinWord(sender.id);
  const field = useRef<HTMLInputElement>(null);
  const items = words.data?.items ?? [];
  return (
    <div className={classes.words} role="group" aria-label={t('join.title')}>
      <h3>{t('join.title')}</h3>
      <p className={classes.note}>{t('join.what')}</p>
      {words.isPending && <Loading rows={2} />}
      {words.error && <Failed error={words.error} retry={() => void words.refetch()} />}
      {words.data && items.length === 0 && <p className={classes.note}>{t('join.none')}</p>}
      {items.length > 0 && (
        <div className={tableClasses.wrap}>
          <table className={tableClasses.table} aria-label={t('join.title')}>
            <thead>
              <tr>
                <th scope="col">{t('join.word')}</th>
                <th scope="col">{t('join.group')}</th>
                <th scope="col" className={classes.since}>
                  {t('join.since')}
                </th>
                <th scope="col">
                  <span className="visually-hidden">{t('join.action')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ word, group_name: group, created_at: since }) => (
                <tr key={word}>
                  <td className={classes.word}>{word}</td>
                  <td>{group}</td>
                  <td className={`${tableClasses.quiet} ${classes.since}`}>
                    <Time at={since} />
                  </td>
                  <td className={classes.delete}>
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-disabled={remove.isPending}
                      aria-label={t('join.deleteOne', { word })}
                      onClick={() => {
                        if (remove.isPending) return;
                        remove.mutate(word, {
                          onSuccess: () => {
                            const message = t('join.deleted', { word });
                            tellDone(t, message);
                            announce(message);
                            field.current?.focus();
                          },
                          onError: (error) => {
                            tellFailed(t, error);
                          },
                        });
                      }}
                    >
                      {t('join.delete')}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <NewJoinWord sender={sender} field={field} />
    </div>
  );
}
