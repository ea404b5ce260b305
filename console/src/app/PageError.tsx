import { Button } from '@mantine/core';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '../components/Page';
import { Empty, Failed } from '../components/States';

/** A page broke: says the cause and offers to draw it again. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <Page title={t('error.page.title')} width="narrow">
      <Failed
        error={error instanceof Error ? error : new Error(String(error))}
        retry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </Page>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t('notFound.title')} width="narrow">
      <Empty
        icon="search"
        title={t('notFound.cause')}
        action={
          <Button component={Link} to="/" variant="default">
            {t('notFound.action')}
          </Button>
        }
      />
    </Page>
  );
}
