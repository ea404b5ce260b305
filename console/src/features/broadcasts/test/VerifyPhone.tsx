import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/problem';
import { explain } from '../../../app/explain';
import { readablePhone } from '../../../components/Phone';
import classes from '../Steering.module.css';
import { useClaimPhone, useVerifyPhone } from './api';

interface Props {
  /** A number to which a code went already, if there is one. */
  claimed: string;
  onVerified: () => void;
  onClose: () => void;
}

function wrong(t: Parameters<typeof explain>[0], error: Error | null, field: string) {
  if (!error) return undefined;
  const refused = error instanceof ApiError ? error.field(field) : undefined;
  return refused ?? explain(t, error).cause;
}

/** A number, then the code that was texted to it. */
export function VerifyPhone({ claimed, onVerified, onClose }: Props) {
  const { t } = useTranslation();
  const claim = useClaimPhone();
  const verify = useVerifyPhone();
  const [number, setNumber] = useState(claimed);
  const [code, setCode] = useState('');
  const [sent, setSent] = useState(claimed !== '');
  const next = () => {
    if (sent) verify.mutate(code.trim(), { onSuccess: onVerified });
    else {
      claim.mutate(number.trim(), {
        onSuccess: (shown) => {
          setNumber(shown.phone);
          setSent(true);
        },
      });
    }
  };
  return (
    // No form of its own: the dialog may stand in the composer's.
    <div className={classes.form}>
      <p className={classes.text}>
        {sent ? t('test.codeSent', { number: readablePhone(number) }) : t('test.verifyWhy')}
      </p>
      {sent ? (
        <TextInput
          key="code"
          data-autofocus
          label={t('test.code')}
          value={code}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={20}
          error={wrong(t, verify.error, 'code')}
          onChange={(event) => {
            setCode(event.currentTarget.value);
            verify.reset();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault();
              next();
            }
          }}
        />
      ) : (
        <TextInput
          key="phone"
          data-autofocus
          type="tel"
          label={t('test.phone')}
          value={number}
          autoComplete="tel"
          maxLength={60}
          error={wrong(t, claim.error, 'phone')}
          onChange={(event) => {
            setNumber(event.currentTarget.value);
            claim.reset();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault();
              next();
            }
          }}
        />
      )}
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        {sent && (
          <Button
            variant="default"
            onClick={() => {
              setSent(false);
              setCode('');
            }}
          >
            {t('test.another')}
          </Button>
        )}
        <Button
          loading={claim.isPending || verify.isPending}
          disabled={(sent ? code : number).trim() === ''}
          onClick={next}
        >
          {t(sent ? 'test.verify' : 'test.sendCode')}
        </Button>
      </div>
    </div>
  );
}
