import { useQueryClient, type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { QueueEntry } from '../../api/types';
import { LIVE_MS } from '../../app/queryClient';
import { useContact, useTimeline } from '../contacts/api';
import { useOverview } from '../overview/api';
import { useQueue } from '../queue/api';
import {
  begin,
  noticeContact,
  noticeOverview,
  noticeQueue,
  noticeTimeline,
  useGuide,
  type Guide,
} from './guide';

let following = false;
const WHOLE_QUEUE = {};

/** Notices leads whichever page reads the queue: the person may go there in the middle. */
function followQueue(queries: QueryClient): void {
  if (following) return;
  following = true;
  queries.getQueryCache().subscribe(({ type, query }) => {
    const [what] = query.queryKey as unknown[];
    if (type !== 'updated' || what !== 'queue-list') return;
    const data = query.state.data as InfiniteData<{ items: QueueEntry[] }> | undefined;
    if (data) noticeQueue(data.pages.flatMap(({ items }) => items));
  });
}

export interface Watch {
  guide: Guide | null;
  overview: ReturnType<typeof useOverview>;
  lead: QueueEntry | undefined;
}

/** Looks at the API while the guide is open, and ticks what it sees. */
export function useWatch(account: string): Watch {
  const queries = useQueryClient();
  const guide = useGuide(account);
  const overview = useOverview(LIVE_MS);
  const queue = useQueue(WHOLE_QUEUE, 'newest');
  const contact = useContact(guide?.contactId ?? null);
  const timeline = useTimeline(guide?.contactId ?? null);
  const ready = overview.data !== undefined && !queue.isPending && !queue.error;

  useEffect(() => {
    followQueue(queries);
  }, [queries]);
  useEffect(() => {
    if (!guide && ready) begin(account, overview.data, queue.items);
  }, [account, guide, ready, overview.data, queue.items]);
  useEffect(() => {
    if (overview.data) noticeOverview(overview.data);
  }, [overview.data]);
  useEffect(() => {
    if (contact.data) noticeContact(contact.data);
  }, [contact.data]);
  useEffect(() => {
    noticeTimeline(timeline.items);
  }, [timeline.items]);

  return {
    guide,
    overview,
    lead: queue.items.find(({ contact_id }) => contact_id === guide?.contactId),
  };
}
