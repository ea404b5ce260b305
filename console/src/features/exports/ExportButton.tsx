import { Button } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { announce } from '../../app/announce';
import { tellDone, tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import type { Export } from './api';

interface Props<Body> {
  start: UseMutationResult<Export, Error, Body>;
  body: Body;
  label: string;
  disabled?: boolean;
}

/** Writes what a view shows to a file in the background; leads to where it can be fetched. */
export function ExportButton<Body>({ start, body, label, disabled = false }: Props<Body>) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Button
      variant="default"
      leftSection={<Icon name="download" size={16} />}
      loading={start.isPending}
      disabled={disabled}
      onClick={() => {
        start.mutate(body, {
          onSuccess: () => {
            tellDone(t, t('exports.begun'));
            announce(t('exports.begun'));
            void navigate({ to: '/settings/jobs' });
          },
          onError: (error) => {
            tellFailed(t, error);
          },
        });
      }}
    >
      {label}
    </Button>
  );
}
