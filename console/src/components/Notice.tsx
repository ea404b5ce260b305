import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './Icon';
import classes from './Notice.module.css';

interface Props {
  tone: 'warn' | 'bad';
  title: string;
  children: ReactNode;
  onClose?: () => void;
}

/** Something that asks for attention, in the page itself; spoken when it appears. */
export function Notice({ tone, title, children, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.notice} data-tone={tone} role="alert">
      <Icon name="warning" />
      <div className={classes.body}>
        <p className={classes.title}>{title}</p>
        <div className={classes.text}>{children}</div>
      </div>
      {onClose && (
        <button
          type="button"
          className={classes.close}
          aria-label={t('common.close')}
          onClick={onClose}
        >
          <Icon name="close" size={16} />
        </button>
      )}
    </div>
  );
}
