import classes from './Labels.module.css';
import { useLabels } from './api';

/** The labels of a contact; a colour is only ever an addition to the name. */
export function Labels({ ids }: { ids: readonly string[] }) {
  const { data } = useLabels();
  const shown = (data?.items ?? []).filter(({ id }) => ids.includes(id));
  return (
    <span className={classes.labels} title={shown.map(({ name }) => name).join(', ')}>
      {shown.map(({ id, name, colour }) => (
        <span key={id} className={classes.label} data-colour={colour}>
          <span className={classes.dot} aria-hidden="true" />
          <span className={classes.text}>{name}</span>
        </span>
      ))}
    </span>
  );
}
