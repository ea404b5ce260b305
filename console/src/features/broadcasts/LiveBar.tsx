import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { useNumbers } from '../../app/numbers';
import { useTimes } from '../../components/Time';
import classes from './ReportBar.module.css';
import { figuresOf } from './report';

/** How far the sending has come: one bar, a part of it for each kind of outcome. */
export function LiveBar({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation();
  const { planned, sent, delivered, failed, unknown, excluded, deferred } = figuresOf(
    broadcast.report,
  );
  const done = sent + failed + unknown + excluded;
  const times = useTimes();
  const number = useNumbers();
  const parts = { delivered, sent: sent - delivered, failed, unknown, excluded };
  const words = t(broadcast.plan_complete ? 'live.done' : 'live.planning', {
    done: number.plain(done),
    planned: number.plain(planned),
  });
  return (
    <div className={classes.live}>
      <div
        role="progressbar"
        aria-label={t('live.progress')}
        aria-valuemin={0}
        aria-valuemax={Math.max(1, planned)}
        aria-valuenow={Math.min(done, planned)}
        aria-valuetext={words}
        className={classes.track}
      >
        {Object.entries(parts).map(
          ([part, count]) =>
            count > 0 && (
              <span
                key={part}
                data-part={part}
                style={{ width: `${(100 * count) / Math.max(1, planned, done)}%` }}
              />
            ),
        )}
      </div>
      <p className={classes.liveWords}>
        {words}
        {deferred > 0 && ` ${t('live.deferred', { count: deferred })}`}
        {broadcast.expected_end &&
          ` ${t('live.ends', { time: times.short(broadcast.expected_end) })}`}
      </p>
    </div>
  );
}
