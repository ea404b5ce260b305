import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { LoadMore } from '../../components/LoadMore';
import { Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { useChanges, type Change } from './api';
import classes from './Users.module.css';

/** Each change of a role or a switch: when, who, of whom, from what to what. */
export function Changes() {
  const { t } = useTranslation();
  const changes = useChanges();
  return (
    <Section title={t('users.changes')} flush>
      {changes.isPending && <Loading rows={2} />}
      {changes.error && <Failed error={changes.error} retry={changes.retry} />}
      {!changes.isPending && !changes.error && changes.items.length === 0 && (
        <Empty icon="shield" title={t('users.noChanges')}>
          {t('users.noChangesWhy')}
        </Empty>
      )}
      {changes.items.length > 0 && (
        <ol className={classes.changes}>
          {changes.items.map((change) => (
            <li key={change.id}>
              <span className={classes.when}>
                <Time at={change.at} />
              </span>
              <span>{said(t, change)}</span>
            </li>
          ))}
        </ol>
      )}
      <LoadMore pages={changes} />
    </Section>
  );
}

function said(t: TFunction, change: Change): string {
  const by = change.by_name || change.by;
  const whom = subject(t, change);
  if (change.what === 'removed') return t('users.didRemove', { by, whom });
  const family = change.what === 'role' ? 'role' : 'switched';
  return t(`users.did.${change.what}`, {
    by,
    whom,
    before: wordFor(t, family, change.before ?? ''),
    after: wordFor(t, family, change.after ?? ''),
  });
}

function subject(
  t: TFunction,
  { whose, subject: id = '', subject_name: name = '' }: Change,
): string {
  if (whose === 'account') return t('danger.everybody');
  return whose === 'role' ? wordFor(t, 'role', id) : name === '' ? id : name;
}
