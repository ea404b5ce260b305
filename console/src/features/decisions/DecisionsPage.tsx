import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Doubt } from '../../api/consent';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { announce } from '../../app/announce';
import { useShortcuts } from '../../app/shortcuts';
import { tellDone, tellFailed } from '../../app/toast';
import { LoadMore } from '../../components/LoadMore';
import { Notice } from '../../components/Notice';
import { Page, Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { useFocusedItem } from '../../components/useFocusedItem';
import { useDecide, useDoubts } from './api';
import { calledBy } from './calledBy';
import classes from './Decisions.module.css';
import { DoubtItem } from './DoubtItem';

/** Messages that may be opt-outs and are not sure: a person reads each and decides. */
export function DecisionsPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const doubts = useDoubts();
  const decide = useDecide();
  const [deciding, setDeciding] = useState<ReadonlySet<string>>(new Set());
  const [taken, setTaken] = useState<string | null>(null);
  const { list, step } = useFocusedItem<HTMLUListElement>(doubts.items.map(({ id }) => id).join());
  const mayDecide = can('opt_outs.edit');
  const next = () => {
    step(1);
  };
  const previous = () => {
    step(-1);
  };
  useShortcuts({ j: next, ArrowDown: next, k: previous, ArrowUp: previous });

  // Several may be on their way at once: the keyboard is faster than the network.
  const onDecide = async (doubt: Doubt, optOut: boolean) => {
    if (deciding.has(doubt.id)) return;
    const name = calledBy(doubt);
    setTaken(null);
    setDeciding((others) => new Set(others).add(doubt.id));
    try {
      await decide.mutateAsync({ id: doubt.id, optOut });
      const message = t(optOut ? 'decisions.optedOut' : 'decisions.dismissed', { name });
      tellDone(t, message);
      announce(message);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'already_decided') {
        setTaken(`${name}: ${error.message}`);
      } else {
        tellFailed(t, error);
      }
      setDeciding((others) => new Set([...others].filter((id) => id !== doubt.id)));
    }
  };
  const none = !doubts.isPending && !doubts.error && doubts.items.length === 0;
  return (
    <Page title={t('nav.decisions')} lead={t('decisions.lead')} width="narrow">
      {taken && (
        <Notice
          tone="warn"
          title={t('decisions.taken')}
          onClose={() => {
            setTaken(null);
          }}
        >
          {taken}
        </Notice>
      )}
      <Section title={t('decisions.list')} flush>
        {doubts.isPending && <Loading />}
        {doubts.error && <Failed error={doubts.error} retry={doubts.retry} />}
        {none && (
          <Empty icon="check" title={t('decisions.empty')}>
            {t('decisions.emptyWhy')}
          </Empty>
        )}
        {!none && !mayDecide && <p className={classes.note}>{t('decisions.noRight')}</p>}
        {doubts.items.length > 0 && (
          <ul ref={list} className={classes.list}>
            {doubts.items.map((doubt) => (
              <DoubtItem
                key={doubt.id}
                doubt={doubt}
                deciding={deciding.has(doubt.id)}
                mayDecide={mayDecide}
                onDecide={(optOut) => void onDecide(doubt, optOut)}
              />
            ))}
          </ul>
        )}
        <LoadMore pages={doubts} />
      </Section>
    </Page>
  );
}
