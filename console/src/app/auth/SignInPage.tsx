import { Button, Loader } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../components/Notice';
import { ConfigError, useConfig } from '../config';
import { useExplanation } from '../explain';
import { SignInError, type Session } from './session';
import classes from './SignInPage.module.css';

function Logo() {
  return (
    <span className={classes.logo}>
      <img src="/favicon.svg" alt="" width={32} height={32} />
      Assent
    </span>
  );
}

interface SplashProps {
  title?: string;
  text?: string;
  error?: Error | undefined;
  retry?: () => void;
  more?: ReactNode;
}

/** The page before there is a page: loading, or why it cannot load. */
export function Splash({ title, text, error, retry, more }: SplashProps) {
  const { t } = useTranslation();
  const explained = useExplanation(error);
  const broken = error instanceof ConfigError;
  const heading = title ?? (error ? (broken ? t('config.title') : explained.title) : null);
  const cause =
    text ??
    (error ? (broken ? t('config.cause', { detail: error.message }) : explained.cause) : null);
  useEffect(() => {
    document.title = 'Assent';
  }, []);
  return (
    <main className={classes.page}>
      <div className={classes.box}>
        <Logo />
        {heading ? (
          <div role="alert">
            <h1 className={classes.title}>{heading}</h1>
            <p className={classes.text}>{cause}</p>
          </div>
        ) : (
          <>
            <h1 className="visually-hidden">Assent</h1>
            <Loader size="sm" role="status" aria-label={t('common.loading')} />
          </>
        )}
        {heading && (
          <div className={classes.actions}>
            {!title && (
              <Button
                onClick={
                  retry ??
                  (() => {
                    window.location.reload();
                  })
                }
              >
                {t('common.retry')}
              </Button>
            )}
            {more}
          </div>
        )}
      </div>
    </main>
  );
}

interface Props {
  session: Session;
  refused: Error | null;
}

/** The door: one button that goes to the sign-in page, and why it failed if it did. */
export function SignInPage({ session, refused }: Props) {
  const { t } = useTranslation();
  const { stage } = useConfig();
  const [going, setGoing] = useState(false);
  const [failed, setFailed] = useState<Error | null>(refused);
  const signIn = () => {
    setGoing(true);
    session.signIn().catch((error: unknown) => {
      setGoing(false);
      setFailed(error as Error);
    });
  };
  useEffect(() => {
    document.title = `${t('signIn.title')} · Assent`;
  }, [t]);
  return (
    <main className={classes.page}>
      <div className={classes.box}>
        <Logo />
        <h1 className={classes.title}>{t('signIn.title')}</h1>
        <p className={classes.text}>{t('signIn.what')}</p>
        {failed && (
          <Notice tone="bad" title={t('signIn.failed')}>
            {failed instanceof SignInError && failed.code === 'access_denied'
              ? t('signIn.denied')
              : t('signIn.cause', { detail: failed.message })}
          </Notice>
        )}
        <Button size="md" fullWidth loading={going} onClick={signIn}>
          {t('signIn.action')}
        </Button>
        {stage === 'local' && <p className={classes.hint}>{t('signIn.local')}</p>}
      </div>
    </main>
  );
}
