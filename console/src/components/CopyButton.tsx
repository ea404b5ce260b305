import { Button, CopyButton as Copier } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { announce } from '../app/announce';
import { Icon } from './Icon';

interface Props {
  value: string;
  /** What is copied, for the button's name: "Copy form link". */
  label: string;
}

/** Copies a text and says that it did. */
export function CopyButton({ value, label }: Props) {
  const { t } = useTranslation();
  return (
    <Copier value={value} timeout={2_000}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
          onClick={() => {
            copy();
            announce(t('common.copied'));
          }}
        >
          {copied ? t('common.copied') : label}
        </Button>
      )}
    </Copier>
  );
}
