import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/Icon';
import classes from './TryIt.module.css';

interface Props {
  number: number;
  title: string;
  done: boolean;
  current: boolean;
  children: ReactNode;
}

/** One step of the guide: its number, or a tick once the API shows that it happened. */
export function StepItem({ number, title, done, current, children }: Props) {
  const { t } = useTranslation();
  return (
    <li className={classes.step} data-done={done} aria-current={current ? 'step' : undefined}>
      <span className={classes.number} aria-hidden="true">
        {done ? <Icon name="check" size={15} /> : number}
      </span>
      <div className={classes.body}>
        <h2>
          {title}
          <span className="visually-hidden">: {t(done ? 'tryit.done' : 'tryit.todo')}</span>
        </h2>
        {children}
      </div>
    </li>
  );
}
