import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../../components/Page';
import { Failed, Loading } from '../../../components/States';
import { Time } from '../../../components/Time';
import classes from '../ContactPage.module.css';
import { useDiagnosis } from './api';

/** "Why is this contact not in the queue?", answered with what is on record. */
export function DiagnosisSection({ contactId }: { contactId: string }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const { data, error, refetch } = useDiagnosis(contactId, asked);
  return (
    <Section title={t('diagnosis.title')}>
      {!asked && (
        <Button
          variant="default"
          size="xs"
          className={classes.question}
          classNames={{ label: classes.questionLabel }}
          onClick={() => {
            setAsked(true);
          }}
        >
          {t('diagnosis.ask')}
        </Button>
      )}
      {asked && !data && !error && <Loading rows={2} />}
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {data && (
        <div role="status" className={classes.diagnosis}>
          <p>
            <strong>{data.answer}</strong>
          </p>
          {data.next_step && <p>{data.next_step}</p>}
          <ul className={classes.plain}>
            {data.evidence.map(({ what, text, at }) => (
              <li key={`${what} ${text}`}>
                {text} {at && <Time at={at} />}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}
