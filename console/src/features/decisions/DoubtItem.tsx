import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Doubt } from '../../api/consent';
import { Phone, readablePhone } from '../../components/Phone';
import tableClasses from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { calledBy } from './calledBy';
import classes from './Decisions.module.css';

interface Props {
  doubt: Doubt;
  /** On its way: shown as such until the API has answered. */
  deciding: boolean;
  mayDecide: boolean;
  onDecide: (optOut: boolean) => void;
}

/** One message in its own words, who wrote it, and the two answers. */
export function DoubtItem({ doubt, deciding, mayDecide, onDecide }: Props) {
  const { t } = useTranslation();
  const name = calledBy(doubt);
  const sender = readablePhone(doubt.sender_id.replace(/^sn_/, '+'));
  return (
    <li
      data-item={doubt.id}
      // Takes the focus when the one before it was decided; its buttons come next.
      tabIndex={-1}
      aria-label={t('decisions.from', { name, words: doubt.body })}
      aria-busy={deciding}
      className={classes.item}
    >
      <q className={classes.words}>{doubt.body}</q>
      <div className={classes.from}>
        {doubt.contact_id ? (
          <Link
            to="/contacts/$contactId"
            params={{ contactId: doubt.contact_id }}
            className={tableClasses.strong}
          >
            {name}
          </Link>
        ) : (
          <span>{t('decisions.noContact')}</span>
        )}
        {(!doubt.contact_id || doubt.contact_name) && <Phone e164={doubt.phone} />}
        <span>{t('decisions.to', { sender })}</span>
        <Time at={doubt.at} />
      </div>
      {mayDecide && (
        <div className={classes.answers}>
          <Button
            size="xs"
            variant="default"
            aria-disabled={deciding}
            aria-label={t('decisions.yesFor', { name })}
            onClick={() => {
              onDecide(true);
            }}
          >
            {t('decisions.yes')}
          </Button>
          <Button
            size="xs"
            variant="default"
            aria-disabled={deciding}
            aria-label={t('decisions.noFor', { name })}
            onClick={() => {
              onDecide(false);
            }}
          >
            {t('decisions.no')}
          </Button>
        </div>
      )}
    </li>
  );
}
