import { useAccess } from '../../app/access';
import { useFollowed } from './followed';
import { JobCard } from './JobCard';
import classes from './JobTray.module.css';

/** What runs in the background for this person, on every page: progress, a stop, a way back. */
export function JobTray() {
  const { account } = useAccess();
  const ids = useFollowed(account.id);
  if (ids.length === 0) return null;
  return (
    <div className={classes.tray}>
      {ids.map((id) => (
        <JobCard key={id} id={id} />
      ))}
    </div>
  );
}
