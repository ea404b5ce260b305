import { useEffect, type ReactNode } from 'react';
import classes from './Page.module.css';

interface PageProps {
  title: string;
  /** Beside the title: a pill, a count. */
  aside?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  width?: 'narrow' | 'wide' | 'full';
}

/** The frame of a page: its title, what it is for, what can be done, and the content. */
export function Page({ title, aside, lead, actions, children, width = 'wide' }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Assent`;
  }, [title]);
  return (
    <div className={classes.page} data-width={width}>
      <header className={classes.header}>
        <div className={classes.heading}>
          <div className={classes.title}>
            <h1>{title}</h1>
            {aside}
          </div>
          {lead && <div className={classes.lead}>{lead}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  title: string;
  action?: ReactNode;
  children: ReactNode;
  /** The content draws its own rows to the edge. */
  flush?: boolean;
}

/** A titled panel, which is also a region for people who navigate by landmarks. */
export function Section({ title, action, children, flush = false }: SectionProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <h2>{title}</h2>
        {action}
      </div>
      <div className={flush ? undefined : classes.sectionBody}>{children}</div>
    </section>
  );
}
